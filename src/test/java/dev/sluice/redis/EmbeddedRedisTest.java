package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedRedisTest {
  @Test
  void start_withData_keepsItOverARestart(@TempDir Path directory) {
    EmbeddedRedis.Options options =
        new EmbeddedRedis.Options(0, Optional.of(directory.resolve("redis")), List.of());
    try (EmbeddedRedis redis = EmbeddedRedis.start(options)) {
      ask(redis, "SET");
      assertThat(redis.describe()).contains("6.2").contains(directory.toString());
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(options)) {
      assertThat(ask(redis, "GET")).isEqualTo("kept");
    }
  }

  @Test
  void close_endsRedis() {
    EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    assertThat(alive(redis.pid())).isTrue();

    redis.close();
    redis.close();

    assertThat(alive(redis.pid())).isFalse();
  }

  @Test
  void start_portTaken_saysWhatRedisSaid() {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory())) {
      EmbeddedRedis.Options same =
          new EmbeddedRedis.Options(redis.port(), Optional.empty(), List.of());

      assertThatThrownBy(() -> EmbeddedRedis.start(same))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("port " + redis.port());
    }
  }

  @Test
  void start_dataNotADirectory_saysSo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThatThrownBy(
            () -> EmbeddedRedis.start(new EmbeddedRedis.Options(0, Optional.of(file), List.of())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void start_unknownArgument_saysWhatRedisSaid() {
    assertThatThrownBy(
            () ->
                EmbeddedRedis.start(
                    new EmbeddedRedis.Options(0, Optional.empty(), List.of("--no-such", "1"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Bad directive");
  }

  @Test
  void start_dataInUse_isRefused(@TempDir Path directory) {
    EmbeddedRedis.Options options = new EmbeddedRedis.Options(0, Optional.of(directory), List.of());
    try (EmbeddedRedis redis = EmbeddedRedis.start(options)) {
      assertThatThrownBy(() -> EmbeddedRedis.start(options))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another Redis uses");
      assertThat(alive(redis.pid())).isTrue();
    }
  }

  @Test
  void parentKilled_endsRedis() throws Exception {
    Process parent = parent();
    long pid = redisOf(parent);
    assertThat(alive(pid)).isTrue();

    parent.destroyForcibly().waitFor();

    Awaitility.await().until(() -> !alive(pid));
  }

  @Test
  void parentKilled_whileRedisStandsStill_endsRedis() throws Exception {
    Process parent = parent();
    long pid = redisOf(parent);
    new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();

    parent.destroyForcibly().waitFor();

    Awaitility.await().until(() -> !alive(pid));
  }

  @Test
  void interruptOfTheTerminal_leavesRedisToItsParent() throws Exception {
    Process parent = parent();
    long pid = redisOf(parent);

    // As Ctrl-C: to the whole process group, which setsid in parent() has made.
    new ProcessBuilder("kill", "-INT", "--", "-" + parent.pid()).start().waitFor();

    assertThat(parent.inputReader(StandardCharsets.UTF_8).lines()).contains("drained PONG");
    parent.waitFor();
    Awaitility.await().until(() -> !alive(pid));
  }

  /** A process of its own that starts Redis, and asks it once more when it is told to end. */
  static final class Parent {
    public static void main(String[] arguments) throws Exception {
      EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      Thread.sleep(300);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    System.out.println("drained " + ask(redis, "PING"));
                  }));
      // Last: whoever reads this may interrupt at once.
      System.out.println("redis " + redis.pid());
      Thread.sleep(60_000);
    }
  }

  private static Process parent() throws Exception {
    return new ProcessBuilder(
            "setsid",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Parent.class.getName())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static long redisOf(Process parent) throws Exception {
    BufferedReader output = parent.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("redis ")) {
        return Long.parseLong(line.substring(6));
      }
    }
    throw new AssertionError("the parent did not start Redis");
  }

  private static String ask(EmbeddedRedis redis, String command) {
    try (RedisClient client = RedisClient.create(redis.url())) {
      var commands = client.connect().sync();
      return switch (command) {
        case "SET" -> commands.set("k", "kept");
        case "GET" -> commands.get("k");
        default -> commands.ping();
      };
    }
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
