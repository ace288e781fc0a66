package dev.sluice.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class BackendCommandTest {
  /** The command alone, as a process. */
  static final class Launcher {
    private Launcher() {}

    public static void main(String[] args) {
      System.exit(new CommandLine(new BackendCommand()).execute(args));
    }
  }

  private final StringWriter err = new StringWriter();

  @Test
  void listensSaysWhereAndExitsWith0OnSigterm() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                "--port",
                "0",
                "--models",
                "a,b")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = process.inputReader()) {
      // Whatever else the process logs.
      String line = out.lines().filter(l -> l.startsWith("listening")).findFirst().orElseThrow();
      assertThat(line).matches("listening on http://127\\.0\\.0\\.1:\\d+");
      URI models = URI.create(line.substring("listening on ".length()) + "/v1/models");
      String answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(models).build(), BodyHandlers.ofString())
              .body();
      assertThat(answer).contains("\"id\":\"a\"", "\"id\":\"b\"");

      process.destroy();

      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aPortInUseIsOneClearLineAndExitCode1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int code = execute("--port", Integer.toString(taken.getLocalPort()));

      assertThat(code).isEqualTo(1);
      assertThat(err.toString())
          .hasLineCount(1)
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort(), "in use");
    }
  }

  @Test
  void aBadOptionSaysWhatIsExpected() {
    assertThat(execute("--slots", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("a backend needs at least one slot: 0");
    assertThat(execute("--ttft", "soon")).isEqualTo(2);
    assertThat(err.toString()).contains("expected a duration such as 50ms");
  }

  private int execute(String... args) {
    return new CommandLine(new BackendCommand()).setErr(new PrintWriter(err, true)).execute(args);
  }
}
