package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import dev.sluice.redis.RedisUnavailable;
import dev.sluice.testing.AccountsCheck;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Redis, with the configuration that is shipped, is killed in the middle of a thousand writes of
 * several writers, again and again, and started on the same data.
 */
class KilledRedisIT {
  private static final List<String> ORGANIZATIONS = List.of("acme", "globex");
  private static final int WRITERS = 4;
  private static final int WRITES = 1_000;

  /** What is lost, and so what is promised. */
  private enum Crash {
    /** Nothing that was answered is lost. */
    OF_THE_PROCESS_ALWAYS("always"),
    /** What was answered in the last two seconds may be. */
    OF_THE_PROCESS_EVERYSEC("everysec"),
    /** What the disk did not have yet: the end of the file, from anywhere on. */
    OF_THE_MACHINE("everysec");

    private final String appendfsync;

    Crash(String appendfsync) {
      this.appendfsync = appendfsync;
    }
  }

  /**
   * A write that was answered.
   *
   * @param at when, in nanoseconds of this process
   * @param version of the organization since then
   */
  private record Answered(long at, AccountRecord record, long revision, long version) {}

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ConcurrentLinkedQueue<Answered> answered = new ConcurrentLinkedQueue<>();
  private final Random random = new Random(1);
  @TempDir private Path folder;
  private EmbeddedRedis redis;

  @BeforeEach
  void start() {
    EmbeddedRedis free = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    free.close();
    redis = free;
  }

  @AfterEach
  void stop() {
    redis.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void start(Crash crash) {
    // The file has the port and address of a deployment: what stands behind it wins.
    redis =
        EmbeddedRedis.start(
            new EmbeddedRedis.Options(
                redis.port(),
                Optional.of(folder),
                List.of(
                    "--include", Path.of("redis/redis.conf").toAbsolutePath().toString(),
                    "--port", Integer.toString(redis.port()),
                    "--appendfsync", crash.appendfsync)));
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  void afterACrash_nothingIsHalfThere_andWhatIsPromisedIsThere(Crash crash) throws Exception {
    start(crash);
    try (RedisConnections connections =
            RedisConnections.open(
                new RedisOptions(redis.url(), Duration.ofSeconds(10), 10_000),
                loops,
                new Metrics());
        RedisClient client = RedisClient.create(redis.url())) {
      RedisAccounts accounts = new RedisAccounts(connections, WRITES);
      while (answered.size() < WRITES) {
        assertThat(connections.awaitAnswer(Duration.ofMinutes(1))).isTrue();
        long written = Files.size(appended());
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          String organization = ORGANIZATIONS.get(writer % 2);
          String user = "writer-" + writer;
          Thread thread = new Thread(() -> write(accounts, organization, user), user);
          writers.add(thread);
          thread.start();
        }
        int enough = answered.size() + 100 + random.nextInt(200);
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> answered.size() >= enough);
        long killed = kill();
        for (Thread writer : writers) {
          writer.join();
        }
        if (crash == Crash.OF_THE_MACHINE) {
          cutTheEndOff(written);
        }
        start(crash);
        Awaitility.await().ignoreExceptions().until(() -> client.connect().sync().ping() != null);
        RedisCommands<String, String> plain = client.connect().sync();
        for (String organization : ORGANIZATIONS) {
          assertThat(AccountsCheck.problems(plain, organization)).isEmpty();
          whatWasAnsweredIsThere(crash, plain, accounts, organization, killed);
        }
      }
    }
  }

  /** Issues, rotates, changes and revokes keys until Redis is away. */
  private void write(RedisAccounts accounts, String organization, String user) {
    KeyIssuer issuer = new KeyIssuer(accounts, new SecureRandom(), user);
    try {
      join(
          issuer.issue(
              new KeyIssuer.Order(
                  organization, "search", user, Optional.empty(), KeyTerms.named("first"))));
      while (true) {
        KeyText text = KeyText.generate(organization, new SecureRandom());
        ApiKey key = ApiKey.issued(text, "search", user, KeyTerms.named("key"), Instant.now());
        answered(key, 1, join(accounts.create(user, key)));
        KeyText next = KeyText.generate(organization, new SecureRandom());
        ApiKey rotated = key.rotate(next, Instant.now(), Duration.ofHours(1));
        answered(rotated, 2, join(accounts.replace(user, new Stored<>(key, 1).with(rotated))));
        ApiKey revoked = rotated.revoke();
        answered(revoked, 3, join(accounts.replace(user, new Stored<>(revoked, 2))));
      }
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(RedisUnavailable.class);
    }
  }

  private void answered(AccountRecord record, long revision, long version) {
    answered.add(new Answered(System.nanoTime(), record, revision, version));
  }

  private long kill() {
    long killed = System.nanoTime();
    ProcessHandle.of(redis.pid()).orElseThrow().destroyForcibly();
    // Waits for its end.
    redis.close();
    return killed;
  }

  /** The file that is appended to. */
  private Path appended() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(one -> one.toString().endsWith(".aof")).findFirst().orElseThrow();
    }
  }

  private void cutTheEndOff(long written) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(appended().toFile(), "rw")) {
      file.setLength(file.length() - random.nextInt((int) (file.length() - written) / 2));
    }
  }

  /**
   * What is lost are the last changes: those up to the version are there, and none behind it.
   *
   * @param killed when, in nanoseconds of this process
   */
  private void whatWasAnsweredIsThere(
      Crash crash,
      RedisCommands<String, String> plain,
      RedisAccounts accounts,
      String organization,
      long killed) {
    long version = Long.parseLong(plain.get("{" + organization + "}:version"));
    Set<String> audited =
        plain.xrange("{" + organization + "}:audit", Range.unbounded()).stream()
            .map(entry -> entry.getBody().get("version"))
            .collect(Collectors.toSet());
    for (Answered one : List.copyOf(answered)) {
      if (!one.record().organization().equals(organization)) {
        continue;
      }
      if (one.version() > version) {
        assertThat(crash).isNotEqualTo(Crash.OF_THE_PROCESS_ALWAYS);
        if (crash == Crash.OF_THE_PROCESS_EVERYSEC) {
          assertThat(Duration.ofNanos(killed - one.at())).isLessThan(Duration.ofSeconds(2));
        }
        // The next round's versions are higher, and must not be taken for this one.
        answered.remove(one);
      } else {
        assertThat(audited).contains(Long.toString(one.version()));
        Stored<ApiKey> stored =
            join(accounts.read(RecordKind.KEY, organization, one.record().id())).orElseThrow();
        assertThat(stored.revision()).isGreaterThanOrEqualTo(one.revision());
        if (stored.revision() == one.revision()) {
          assertThat(stored.record()).isEqualTo(one.record());
        }
      }
    }
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
