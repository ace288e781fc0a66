package dev.sluice.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Dockerfile puts into its image, laid out in an empty folder and run there with the
 * image's own ENTRYPOINT, CMD and HEALTHCHECK. Needs the jar, so {@code mvn package} before.
 */
final class ImageIT {
  private static final Pattern COPIED =
      Pattern.compile("^COPY --from=build /src/(\\S+) (/\\S+)$", Pattern.MULTILINE);
  private static final Pattern DOOR = Pattern.compile("metrics http://[^:]+:(\\d+)");

  private final Path root;
  private final String dockerfile;

  ImageIT(@TempDir Path root) throws IOException {
    this.root = root;
    this.dockerfile = Files.readString(Path.of("Dockerfile")).replace("\\\n", " ");
  }

  @BeforeEach
  void layOut() throws IOException {
    Matcher copied = COPIED.matcher(dockerfile);
    int count = 0;
    while (copied.find()) {
      copy(Path.of(copied.group(1)), inImage(copied.group(2)));
      count++;
    }
    assertThat(count).isEqualTo(2);
    copy(Path.of("compose"), inImage("/etc/sluice"));
  }

  @Test
  void entrypoint_hasTheOptionsOfTheLauncher() throws IOException {
    List<String> options = words("ENTRYPOINT").stream().filter(w -> w.startsWith("-X")).toList();

    assertThat(Files.readString(Path.of("sluice"))).contains(String.join(" ", options));
    assertThat(options).hasSize(2);
  }

  @Test
  void entrypoint_answers() throws Exception {
    assertThat(run(Map.of(), "--help")).contains("Usage: sluice").contains("serve");
    assertThat(run(Map.of(), "check-config", inImage("/etc/sluice/sluice.yaml").toString()))
        .contains("ok: 6 tiers, 2 deployments");
  }

  @Test
  void serve_isHealthy_writesNothing_andEndsOnSigterm() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory())) {
      Map<String, String> environment = new TreeMap<>(ComposeFileTest.environment("sluice"));
      environment.put("SLUICE_REDIS", redis.url());
      for (String door : List.of("GATEWAY", "HTTP", "GRPC", "METRICS", "DEBUG")) {
        environment.put("SLUICE_" + door + "_PORT", "0");
      }
      Path log = Files.createTempFile("sluice-image", ".log");
      List<String> before = everything();
      Process server = start(environment, log, words("CMD").stream().map(this::relocated).toList());
      try {
        String port =
            Awaitility.await()
                .until(
                    () -> {
                      assertThat(server.isAlive()).as(Files.readString(log)).isTrue();
                      Matcher door = DOOR.matcher(Files.readString(log).replace("\\/", "/"));
                      return door.find() ? door.group(1) : "";
                    },
                    found -> !found.isEmpty());
        assertThat(healthy(port)).isTrue();
        assertThat(everything()).isEqualTo(before);

        server.destroy();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).as(Files.readString(log)).isZero();
        assertThat(healthy(port)).isFalse();
      } finally {
        server.destroyForcibly().waitFor();
        Files.delete(log);
      }
    }
  }

  private boolean healthy(String port) throws Exception {
    List<String> check =
        words("CMD", dockerfile.indexOf("HEALTHCHECK")).stream()
            .map(word -> word.replace("9090", port))
            .toList();
    Process process =
        new ProcessBuilder(check)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0;
  }

  private String run(Map<String, String> environment, String... arguments) throws Exception {
    Path said = Files.createTempFile("sluice-image", ".out");
    try {
      Process process = start(environment, said, List.of(arguments));
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(said)).isZero();
      return Files.readString(said);
    } finally {
      Files.delete(said);
    }
  }

  private Process start(Map<String, String> environment, Path output, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(words("ENTRYPOINT").stream().map(this::relocated).toList());
    assertThat(command.get(0)).isEqualTo("java");
    command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(inImage("/etc/sluice").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private String relocated(String word) {
    return word.startsWith("/") ? inImage(word).toString() : word;
  }

  private Path inImage(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  private List<String> words(String instruction) throws IOException {
    return words(instruction, dockerfile.indexOf("\nENTRYPOINT"));
  }

  /** The exec form behind the first such instruction from an offset on. */
  private List<String> words(String instruction, int from) throws IOException {
    Matcher line =
        Pattern.compile("^ *(?:HEALTHCHECK.* )?" + instruction + " (\\[.*])$", Pattern.MULTILINE)
            .matcher(dockerfile);
    assertThat(line.find(from)).as(instruction).isTrue();
    return List.of(new ObjectMapper().readValue(line.group(1), String[].class));
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    assertThat(from).as("made by mvn package").exists();
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
