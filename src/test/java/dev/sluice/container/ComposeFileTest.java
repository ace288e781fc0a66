package dev.sluice.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.sluice.config.Configuration;
import dev.sluice.config.SluiceConfig;
import dev.sluice.demo.EdgeFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** docker-compose.yml, as far as it can be checked without containers. */
final class ComposeFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode COMPOSE = yaml(Path.of("docker-compose.yml"));

  @Test
  void file_isValidByTheComposeSpecification() throws IOException {
    ObjectNode text =
        (ObjectNode)
            JSON.readTree(Path.of("src/test/resources/compose/compose-spec.json").toFile());
    // A name, where the validator wants an address.
    text.remove("$id");
    JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(text);
    JsonNode wrong = COMPOSE.deepCopy();
    ((ObjectNode) wrong.at("/services/sluice")).put("readonly", true);

    assertThat(schema.validate(COMPOSE)).isEmpty();
    assertThat(schema.validate(wrong)).isNotEmpty();
  }

  @Test
  void images_haveOneVersion() throws IOException {
    List<String> images = new ArrayList<>();
    services().values().forEach(service -> images.add(service.path("image").asText()));
    Files.readAllLines(Path.of("Dockerfile")).stream()
        .filter(line -> line.startsWith("FROM "))
        .forEach(line -> images.add(line.split(" ", -1)[1]));

    assertThat(images)
        .filteredOn(image -> !image.equals("sluice:local"))
        .hasSizeGreaterThan(6)
        .allMatch(image -> image.matches("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+[\\w.-]*"), "x.y.z");
    assertThat(services().get("envoy").path("image").asText())
        .as("the Envoy that the tests run")
        .endsWith(envoyVersion());
  }

  @Test
  void containers_areHardened() {
    services()
        .forEach(
            (name, service) -> {
              assertThat(service.path("read_only").asBoolean()).as(name).isTrue();
              assertThat(service.path("cap_drop").toString()).as(name).isEqualTo("[\"ALL\"]");
              assertThat(service.path("security_opt").toString())
                  .as(name)
                  .isEqualTo("[\"no-new-privileges:true\"]");
              assertThat(service.path("network_mode").asText("own"))
                  .as(name)
                  .isEqualTo(name.equals("pod") ? "own" : "service:pod");
            });
  }

  @Test
  void mounts_areThere_andForReadingOnly() {
    Set<String> volumes = new TreeSet<>();
    COMPOSE.path("volumes").fieldNames().forEachRemaining(volumes::add);
    services()
        .forEach(
            (name, service) ->
                service
                    .path("volumes")
                    .forEach(
                        volume -> {
                          List<String> parts = List.of(volume.asText().split(":", -1));
                          if (parts.get(0).startsWith("./")) {
                            assertThat(Path.of(parts.get(0))).as(name).exists();
                            assertThat(parts.get(2)).as(name).isEqualTo("ro");
                          } else {
                            assertThat(volumes).as(name).contains(parts.get(0));
                          }
                        }));
  }

  /** What is said to be mounted there is what a program is told to read. */
  @Test
  void commands_nameWhatIsMounted() {
    assertThat(inContainer("envoy", "/etc/envoy/envoy.yaml"))
        .isEqualTo(Path.of("envoy/envoy.yaml"));
    assertThat(inContainer("nginx", "/etc/nginx/sluice/nginx.conf"))
        .isEqualTo(Path.of("nginx/nginx.conf"));
    assertThat(inContainer("redis", "/etc/redis/redis.conf"))
        .isEqualTo(Path.of("redis/redis.conf"));
    assertThat(inContainer("sluice", "/etc/sluice/sluice.yaml"))
        .isEqualTo(Path.of("compose/sluice.yaml"));
    assertThat(inContainer("prometheus", "/etc/prometheus/prometheus.yml"))
        .isEqualTo(Path.of("prometheus/prometheus.yml"));
  }

  @Test
  void configuration_isRight_andWithoutAWarning() throws Exception {
    Configuration configuration =
        Configuration.load(Path.of("compose/sluice.yaml"), environment("sluice"));

    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void everyPort_hasSomebodyWhoListens() throws Exception {
    SluiceConfig settings =
        Configuration.load(Path.of("compose/sluice.yaml"), environment("sluice")).settings();
    int gateway = settings.gateway().listener().port();
    int http = settings.http().listener().port();
    int grpc = settings.grpc().listener().port();
    int metrics = settings.metrics().port();

    // The edges find Sluice's doors.
    assertThat(EdgeFiles.nginx().ports()).contains(http, gateway);
    assertThat(EdgeFiles.envoy().ports()).contains(grpc, gateway);
    // The gateway finds the backends, with the models that they have.
    Map<String, String> backends = new TreeMap<>();
    for (String name : List.of("backend-llama", "backend-gpt-oss")) {
      List<String> command = strings(services().get(name).path("command"));
      backends.put(
          "http://127.0.0.1:" + command.get(command.indexOf("--port") + 1),
          Set.of(command.get(command.indexOf("--models") + 1).split(",", -1)).stream()
              .sorted()
              .collect(Collectors.joining(",")));
    }
    assertThat(
            settings.deployments().stream()
                .collect(
                    Collectors.toMap(
                        deployment -> deployment.url().toString(),
                        deployment ->
                            deployment.models().stream()
                                .sorted()
                                .collect(Collectors.joining(",")))))
        .isEqualTo(backends);
    // What is published is listened on, and not at 127.0.0.1, which no published port reaches.
    int nginx = EdgeFiles.nginx().listens().get(0);
    int envoy = EdgeFiles.envoy().listens().get(0);
    assertThat(
            strings(services().get("pod").path("ports")).stream()
                .map(port -> Integer.parseInt(port.substring(port.lastIndexOf(':') + 1))))
        .containsExactlyInAnyOrder(gateway, nginx, envoy, 9091);
    assertThat(settings.gateway().listener().host()).isEqualTo("0.0.0.0");
    assertThat(services().get("prometheus").path("command").toString()).contains("=:9091");
    // Prometheus finds what it scrapes.
    List<String> targets = new ArrayList<>();
    yaml(Path.of("prometheus/prometheus.yml"))
        .path("scrape_configs")
        .forEach(job -> targets.add(job.at("/static_configs/0/targets/0").asText()));
    assertThat(targets)
        .containsExactly("127.0.0.1:" + metrics, "127.0.0.1:" + EdgeFiles.envoy().listens().get(1));
    // And every health check asks a port of its own.
    assertThat(services().get("nginx").path("healthcheck").toString())
        .contains("127.0.0.1:" + nginx + "/healthz");
    assertThat(services().get("envoy").path("healthcheck").toString())
        .contains("/dev/tcp/127.0.0.1/" + envoy);
    assertThat(Files.readString(Path.of("Dockerfile"))).contains("/dev/tcp/127.0.0.1/" + metrics);
  }

  private static String envoyVersion() throws IOException {
    return Files.readAllLines(Path.of("src/main/sh/obtain-edges")).stream()
        .filter(line -> line.startsWith("ENVOY_VERSION="))
        .map(line -> line.substring("ENVOY_VERSION=".length()))
        .findFirst()
        .orElseThrow();
  }

  /** The file of this repository that stands at a path in a container whose command names it. */
  private static Path inContainer(String service, String path) {
    JsonNode its = services().get(service);
    assertThat(its.path("command").toString() + its.path("entrypoint")).contains(path);
    for (String volume : strings(its.path("volumes"))) {
      List<String> parts = List.of(volume.split(":", -1));
      if (parts.get(0).startsWith("./") && path.startsWith(parts.get(1))) {
        Path file =
            Path.of(parts.get(0).substring(2) + path.substring(parts.get(1).length())).normalize();
        assertThat(file).exists();
        return file;
      }
    }
    throw new AssertionError("nothing is mounted at " + path + " in " + service);
  }

  static Map<String, String> environment(String service) {
    Map<String, String> environment = new TreeMap<>();
    services()
        .get(service)
        .path("environment")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
    return environment;
  }

  private static Map<String, JsonNode> services() {
    Map<String, JsonNode> services = new TreeMap<>();
    COMPOSE
        .path("services")
        .properties()
        .forEach(entry -> services.put(entry.getKey(), entry.getValue()));
    return services;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return strings;
  }

  private static JsonNode yaml(Path file) {
    try {
      Object read = new Yaml().load(Files.readString(file));
      return JSON.valueToTree(read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
