package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyText;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import dev.sluice.testing.AccountsCheck;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.SluiceProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that writes a thousand keys is killed in the middle, and given again. */
class KilledWriterIT {
  private static final int USERS = 40;
  private static final int KEYS_OF_EACH = 25;
  private static final int KEYS = USERS * KEYS_OF_EACH;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  @TempDir private Path folder;
  private EmbeddedRedis redis;
  private RedisClient client;
  private RedisCommands<String, String> plain;
  private Path configuration;
  private CommandLines sluice;

  @BeforeEach
  void start() throws IOException {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    client = RedisClient.create(redis.url());
    plain = client.connect().sync();
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        """
        serviceTiers:
          free:
          - models: [small]
            queueDepth: 9
            qos: web
            rates:
            - {allowedRequests: 100, periodSeconds: 60}
            - {allowedRequests: 900, periodSeconds: 86400}
        """);
    configuration =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            "sambastack: sambastack.yaml\nredis: " + redis.url() + "\n");
    sluice = new CommandLines(configuration);
  }

  @AfterEach
  void stop() {
    client.shutdown();
    redis.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void anApplyThatIsKilled_leavesWholeKeysOnly_andTheNextOneDoesTheRest() throws IOException {
    Path file = Files.writeString(folder.resolve("accounts.yaml"), declaration());
    int there = 0;
    for (int more : List.of(1, 300, 300)) {
      SluiceProcess writer = process("apply", "-f", file.toString());
      List<String> told = new ArrayList<>();
      while (told.size() < more) {
        told.add(writer.line());
      }
      writer.kill();

      agrees();
      honoured(told);
      // What is done is told when it is there: one key may be there and not told.
      long said = writer.log().lines().filter(line -> line.startsWith("+ key ")).count();
      int before = there;
      there = keys();
      assertThat(there).isLessThan(KEYS);
      assertThat(there - before - said).isBetween(0L, 1L);
    }

    sluice.ok("apply", "-f", file.toString());

    assertThat(sluice.ok("apply", "-f", file.toString()).said()).contains("nothing to do");
    assertThat(keys()).isEqualTo(KEYS);
    agrees();
  }

  @Test
  void anImportThatIsKilled_leavesWholeRecordsOnly_andTheNextOneDoesTheRest() throws IOException {
    Path file = Files.writeString(folder.resolve("accounts.yaml"), declaration());
    sluice.ok("apply", "-f", file.toString());
    List<String> exported = sluice.ok("export").lines();
    Path backup = Files.write(folder.resolve("accounts.jsonl"), exported);
    plain.flushall();
    for (int enough : List.of(50, 400)) {
      SluiceProcess writer = process("import", backup.toString());
      Awaitility.await()
          .atMost(2, TimeUnit.MINUTES)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> keys() >= enough);
      writer.kill();
      assertThat(keys()).isBetween(enough, KEYS - 1);
      agrees();
    }

    assertThat(sluice.ok("import", backup.toString()).said())
        .contains(" 0 changed, ", " 0 refused");

    assertThat(sluice.ok("export").lines()).containsExactlyElementsOf(exported);
    agrees();
  }

  /** The users of one organization, each with as many keys as may be. */
  private static String declaration() {
    return """
        organizations:
        - id: acme
          projects: [{id: search}]
          users:
        %s
          keys:
        %s
        """
        .formatted(
            IntStream.range(0, USERS)
                .mapToObj(user -> "  - {id: user-" + user + "}")
                .collect(Collectors.joining("\n")),
            IntStream.range(0, KEYS)
                .mapToObj(
                    key ->
                        "  - {name: key-%d, project: search, user: user-%d}"
                            .formatted(key, key / KEYS_OF_EACH))
                .collect(Collectors.joining("\n")));
  }

  private SluiceProcess process(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--config", configuration.toString()));
    return new SluiceProcess(folder, Map.of(), all.toArray(String[]::new));
  }

  private int keys() {
    return plain.zcard("{acme}:index:key").intValue();
  }

  private void agrees() {
    assertThat(AccountsCheck.problems(plain, "acme")).isEmpty();
  }

  private void honoured(List<String> texts) {
    try (RedisConnections connections =
        RedisConnections.open(RedisOptions.of(redis.url()), loops, new Metrics())) {
      assertThat(connections.awaitAnswer(Duration.ofMinutes(1))).isTrue();
      RedisAccounts accounts = new RedisAccounts(connections);
      for (String text : texts) {
        assertThat(accounts.caller(KeyText.parse(text).orElseThrow()).toCompletableFuture().join())
            .isPresent();
      }
    }
  }
}
