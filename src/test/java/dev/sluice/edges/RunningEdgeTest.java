package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.EdgeProgram;
import dev.sluice.demo.RunningEdge;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs as children of this process. */
final class RunningEdgeTest {
  /** Where nobody listens. */
  private static final Map<Integer, Integer> NOWHERE = Map.of(8080, 1, 8000, 1);

  static Stream<EdgeFiles> small() {
    return Stream.of(
        new EdgeFiles(
            EdgeProgram.NGINX,
            "small.conf",
            Map.of(
                "small.conf",
                """
                pid nginx.pid;
                events {}
                http {
                  access_log off;
                  client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c;
                  uwsgi_temp_path d; scgi_temp_path e;
                  server {
                    listen 8088 ;
                    return 200 ok;
                  }
                }
                """)),
        new EdgeFiles(
            EdgeProgram.ENVOY,
            "small.yaml",
            Map.of(
                "small.yaml",
                """
                admin:
                  address: {socket_address: {address: 127.0.0.1, port_value: 9901}}
                """)));
  }

  @ParameterizedTest
  @MethodSource("small")
  void close_endsTheProgram(EdgeFiles files, @TempDir Path folder) throws Exception {
    RunningEdge edge = RunningEdge.start(files.onFreePorts(Map.of()), folder);
    assertThat(get(edge.url() + "/").statusCode()).isEqualTo(200);
    List<ProcessHandle> workers = ProcessHandle.of(edge.pid()).orElseThrow().descendants().toList();

    edge.close();
    edge.close();

    assertThat(alive(edge.pid())).isFalse();
    assertThat(workers).noneMatch(ProcessHandle::isAlive);
  }

  @ParameterizedTest
  @MethodSource("small")
  void start_portInUse_namesThePort(EdgeFiles files, @TempDir Path folder) throws Exception {
    EdgeFiles there = files.onFreePorts(Map.of());
    int port = there.listens().get(0);
    try (ServerSocket other = new ServerSocket(port)) {
      assertThat(other.isBound()).isTrue();
      assertThatThrownBy(() -> RunningEdge.start(there, folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(files.program() + " cannot listen on port " + port + ": it is in use.");
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void start_badConfiguration_givesTheProgramsOwnWords(EdgeFiles files, @TempDir Path folder) {
    EdgeFiles bad =
        new EdgeFiles(
            files.program(),
            files.main(),
            Map.of(files.main(), "no_such_thing: 1;\n" + files.texts().get(files.main())));

    assertThatThrownBy(() -> RunningEdge.start(bad.onFreePorts(Map.of()), folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(files.program() + " did not start")
        .hasMessageContaining("no_such_thing");
  }

  @ParameterizedTest
  @MethodSource("small")
  void parentKilled_endsTheProgram(EdgeFiles files, @TempDir Path folder) throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                files.program().name(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // The log stands there as well.
    long pid =
        parent
            .inputReader(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("edge "))
            .map(line -> Long.parseLong(line.substring(5)))
            .findFirst()
            .orElseThrow();
    assertThat(alive(pid)).isTrue();

    parent.destroyForcibly().waitFor();

    Awaitility.await().until(() -> !alive(pid));
  }

  /** A process of its own that starts an edge. */
  static final class Parent {
    public static void main(String[] arguments) throws Exception {
      EdgeFiles files =
          small()
              .filter(edge -> edge.program().name().equals(arguments[0]))
              .findFirst()
              .orElseThrow();
      RunningEdge edge = RunningEdge.start(files.onFreePorts(Map.of()), Path.of(arguments[1]));
      System.out.println("edge " + edge.pid());
      Thread.sleep(60_000);
    }
  }

  @Test
  void find_notInstalled_saysHowToGetIt(@TempDir Path folder) {
    Map<String, String> nothing = Map.of("HOME", folder.toString(), "PATH", folder.toString());

    assertThatThrownBy(() -> EdgeProgram.ENVOY.find(nothing))
        .hasMessageContaining("envoy is not installed: run src/main/sh/obtain-edges envoy")
        .hasMessageContaining("SLUICE_ENVOY");
    assertThat(Path.of("src/main/sh/obtain-edges")).isExecutable();
  }

  @Test
  void find_theEnvironmentNamesIt_thatOneOrAnError(@TempDir Path folder) throws Exception {
    Path mine = Files.writeString(folder.resolve("mine"), "");

    assertThatThrownBy(() -> EdgeProgram.ENVOY.find(Map.of("SLUICE_ENVOY", mine.toString())))
        .hasMessage("SLUICE_ENVOY=" + mine + " is no program");
    assertThat(mine.toFile().setExecutable(true)).isTrue();
    assertThat(EdgeProgram.ENVOY.find(Map.of("SLUICE_ENVOY", mine.toString()))).isEqualTo(mine);
  }

  @Test
  void find_inTheCache_asTheScriptFillsIt(@TempDir Path folder) throws Exception {
    String script = Files.readString(Path.of("src/main/sh/obtain-edges"));
    String version =
        script.lines().filter(line -> line.startsWith("ENVOY_VERSION=")).findFirst().orElseThrow();
    Path cached =
        folder.resolve("sluice/edges/envoy-" + version.substring("ENVOY_VERSION=".length()));
    Files.createDirectories(cached);
    Path program = Files.writeString(cached.resolve("envoy"), "");
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(EdgeProgram.ENVOY.find(Map.of("XDG_CACHE_HOME", folder.toString())))
        .isEqualTo(program);
  }

  @Test
  void withPorts_notExactlyThoseThatOccur_isAnError() {
    EdgeFiles nginx = EdgeFiles.nginx();

    assertThatThrownBy(() -> nginx.withPorts(NOWHERE))
        .hasMessageContaining("nginx.conf has the ports [8000, 8080, 8088]");
    assertThat(nginx.withPorts(Map.of(8000, 1, 8080, 2, 8088, 3)).ports()).containsExactly(1, 2, 3);
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
