package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that containers of envoyproxy/ratelimit run, as a process of its own. */
class ServeRateLimitsIT {
  private static EmbeddedRedis redis;

  @TempDir private Path folder;

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  private Map<String, String> environment() throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("a.yaml"), "domain: edge\n");
    Map<String, String> environment =
        new HashMap<>(Map.of("GRPC_PORT", "0", "PORT", "0", "DEBUG_PORT", "0"));
    environment.put("RUNTIME_ROOT", folder.toString());
    environment.put("REDIS_URL", redis.url().replace("redis://", ""));
    environment.put("REDIS_POOL_SIZE", "5");
    return environment;
  }

  /** No sluice.yaml is here, where the tests run. */
  @ParameterizedTest
  @ValueSource(strings = {"serve", "/bin/ratelimit"})
  void environmentOfTheReference_isThatServer_andOpensItsPortsOnly(String command)
      throws Exception {
    try (SluiceProcess sluice = new SluiceProcess(folder, environment(), command)) {
      Set<Integer> ports = new TreeSet<>();
      ports.add(URI.create("http://" + sluice.door("grpc")).getPort());
      ports.add(URI.create(sluice.door("http")).getPort());
      ports.add(URI.create(sluice.door("debug")).getPort());

      assertThat(listening(sluice.handle().pid())).isEqualTo(ports);
      assertThat(sluice.log())
          .contains(
              "in the place of envoyproxy/ratelimit, with descriptor limits only: there is no"
                  + " --config and no sluice.yaml, but RUNTIME_ROOT",
              "environment: REDIS_POOL_SIZE: without effect here, and not needed");

      sluice.terminate();

      assertThat(sluice.exitCode()).isZero();
    }
  }

  @Test
  void whatIsNotSupported_endsItWithAllThatIsWrong() throws Exception {
    Map<String, String> environment = environment();
    environment.put("BACKEND_TYPE", "memcache");
    environment.put("MEMCACHE_HOST_PORT", "localhost:11211");
    environment.put("GRPC_PORT", "x");
    try (SluiceProcess sluice = new SluiceProcess(folder, environment, "serve")) {
      assertThat(sluice.exitCode()).isEqualTo(1);
      assertThat(sluice.log())
          .contains(
              "environment: BACKEND_TYPE: counters are in Redis and nowhere else",
              "environment: MEMCACHE_HOST_PORT: counters are in Redis, not in memcached",
              "environment: GRPC_PORT: expected a whole number");
    }
  }

  @Test
  void configurationFileThatIsNamed_isNotThatServer() throws Exception {
    try (SluiceProcess sluice =
        new SluiceProcess(folder, environment(), "serve", "--config", "no-such.yaml")) {
      assertThat(sluice.exitCode()).isEqualTo(1);
      assertThat(sluice.log()).contains("no-such.yaml: cannot be read");
    }
  }

  /** As the kernel has them. */
  private static Set<Integer> listening(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Set<String> sockets;
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      sockets =
          open.map(ServeRateLimitsIT::target)
              .filter(target -> target.startsWith("socket:["))
              .map(target -> target.substring(8, target.length() - 1))
              .collect(Collectors.toSet());
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : Set.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(process.resolve("net").resolve(table))) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length > 9 && columns[3].equals("0A") && sockets.contains(columns[9])) {
          ports.add(Integer.parseInt(columns[1].replaceFirst(".*:", ""), 16));
        }
      }
    }
    return ports;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException e) {
      // Closed since it was listed.
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
