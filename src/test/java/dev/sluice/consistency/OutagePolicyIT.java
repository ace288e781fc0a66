package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.consistency.Way.Kind;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import dev.sluice.policy.Rate;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Redis goes away under three servers, of which two are asked without a pause at every door and in
 * every mode. One honours keys for as long as it lasts, the other for some seconds only.
 */
class OutagePolicyIT {
  private static final String UNAVAILABLE = "503 limits_unavailable";

  private enum Fault {
    STANDS_STILL {
      @Override
      void begin(RedisProcess redis) {
        redis.signal("STOP");
      }

      @Override
      void end(RedisProcess redis) {
        redis.signal("CONT");
      }
    },
    /** And is started on the same data. */
    IS_KILLED {
      @Override
      void begin(RedisProcess redis) {
        redis.kill();
      }

      @Override
      void end(RedisProcess redis) {
        redis.start();
      }
    };

    abstract void begin(RedisProcess redis);

    abstract void end(RedisProcess redis);
  }

  @TempDir private Path folder;
  private RedisProcess redis;
  private Stack stack;
  private Replica patient;
  private Replica brief;

  @BeforeEach
  void start() {
    redis = RedisProcess.start(folder, "appendonly yes", "appendfsync always");
    // The third of the servers is in it.
    stack = Replica.stack("redis://" + redis.address(), folder);
    patient =
        replica(
            "patient",
            Map.of(
                "SLUICE_OUTAGE_KEYS", "1h",
                "SLUICE_GATEWAY_REDIS_TIMEOUT", "1s",
                "SLUICE_AUTH_MODE", "full",
                "SLUICE_AUTH_TIMEOUT", "20s",
                "SLUICE_EXT_AUTHZ_TIMEOUT", "20s"));
    // Its doors for edges do not wait until calls of Redis have timed out.
    brief =
        replica(
            "brief",
            Map.of(
                "SLUICE_OUTAGE_KEYS", "5s",
                "SLUICE_GATEWAY_REDIS_TIMEOUT", "3s",
                "SLUICE_AUTH_TIMEOUT", "300ms",
                "SLUICE_EXT_AUTHZ_MODE", "full",
                "SLUICE_EXT_AUTHZ_TIMEOUT", "300ms"));
  }

  private Replica replica(String name, Map<String, String> environment) {
    return new Replica(name, folder, stack.configurationFile(), environment);
  }

  @AfterEach
  void stop() {
    patient.close();
    brief.close();
    stack.close();
    redis.close();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void withoutRedis_knownKeysAreServedByThePolicy_andAllIsCountedAfterwards(Fault fault) {
    String busy = limited("busy", new OwnLimit(new Concurrency(10_000), Optional.empty()));
    String narrow =
        limited("narrow", new OwnLimit(new Rate(30, Duration.ofHours(1)), Optional.empty()));
    String stranger = stack.key("stranger", "web");
    List<Way> all = new ArrayList<>(patient.ways());
    all.addAll(brief.ways());
    for (Way way : all) {
      until(() -> way.verdict().apply(busy).startsWith("200"));
    }
    until(() -> patient.chat(narrow).startsWith("200"));
    until(() -> metric(patient, "sluice_replicas") == 3);
    until(() -> metric(patient, "sluice_deciding_without_redis") == 0);
    long usedBefore = used(busy, 100_000);
    long narrowBefore = used(narrow, 30);

    List<Clients.Seen> seen = new ArrayList<>();
    try (Clients always = new Clients(patient.ways(), busy);
        Clients atFirst = new Clients(brief.ways(), busy)) {
      always.await(3, Long.MIN_VALUE);
      atFirst.await(3, Long.MIN_VALUE);
      fault.begin(redis);
      long began = System.nanoTime();
      always.await(5, began);
      until(() -> metric(patient, "sluice_deciding_without_redis") == 1);
      assertThat(patient.page("/ready")).isEqualTo("200 ready, though Redis does not answer\n");

      // A third of thirty.
      int admitted = 0;
      for (int i = 0; i < 15; i++) {
        String verdict = patient.chat(narrow);
        assertThat(verdict).isIn("200", "429 rate_limit_exceeded");
        admitted += verdict.equals("200") ? 1 : 0;
      }
      assertThat(admitted).isEqualTo(10);
      for (Way way : all) {
        assertThat(way.verdict().apply(stranger)).as(way.name()).isEqualTo(UNAVAILABLE);
      }

      until(() -> brief.page("/ready").startsWith("503"));
      for (Way way : brief.ways()) {
        until(() -> way.verdict().apply(busy).equals(UNAVAILABLE));
      }
      always.await(5, System.nanoTime());

      fault.end(redis);
      // Nobody restarts anything.
      long ended = System.nanoTime();
      for (Way way : all) {
        until(() -> way.verdict().apply(stranger).startsWith("200"));
        until(() -> brief.page("/ready").equals("200 ready\n"));
      }
      always.await(5, ended);
      atFirst.await(5, System.nanoTime());
      always.end();
      atFirst.end();
      seen.addAll(always.seen());
      assertThat(always.seen()).allMatch(one -> one.verdict().startsWith("200"));
      assertThat(atFirst.seen())
          .allMatch(one -> one.verdict().startsWith("200") || one.verdict().equals(UNAVAILABLE))
          .anyMatch(one -> one.began() > began && one.verdict().equals("200"));
      seen.addAll(atFirst.seen());
    }
    assertThat(seen)
        .allSatisfy(
            one ->
                assertThat(Duration.ofNanos(one.ended() - one.began()))
                    .isLessThan(Duration.ofSeconds(20)));

    // The probes by which it was awaited that brief refuses are among them.
    long byClients =
        seen.stream()
            .filter(one -> one.way().kind() == Kind.COUNTED)
            .filter(one -> one.verdict().startsWith("200"))
            .count();
    until(() -> metric(patient, "sluice_deciding_without_redis") == 0);
    until(() -> metric(brief, "sluice_deciding_without_redis") == 0);
    until(() -> used(narrow, 30) == narrowBefore + 10);
    until(() -> used(busy, 100_000) >= usedBefore + byClients);
    assertThat(used(busy, 100_000)).isBetween(usedBefore + byClients, usedBefore + byClients + 400);
    until(() -> used(busy, 10_000) == 0);
    assertThat(patient.chat(busy)).startsWith("200 ");

    assertThat(lines(patient, "deciding without Redis: ")).isEqualTo(1);
    assertThat(lines(patient, "by a share of 1/3")).isEqualTo(1);
    assertThat(lines(patient, "deciding with Redis again")).isEqualTo(1);
    assertThat(patient.page("/metrics"))
        .containsPattern("sluice_decisions_without_redis_total\\{outcome=\"admitted\",} [1-9]")
        .containsPattern("sluice_decisions_without_redis_total\\{outcome=\"known\",} [1-9]")
        .containsPattern("sluice_decisions_without_redis_total\\{outcome=\"refused\",} 5.0")
        .containsPattern("sluice_decisions_without_redis_total\\{outcome=\"unavailable\",} [1-9]");
  }

  /** The text of a key with a limit of its own. */
  private String limited(String user, OwnLimit limit) {
    KeyIssuer.Issued issued = stack.issue(user, Optional.of("web"));
    stack.change(
        RecordKind.KEY,
        issued.record().id(),
        key -> key.under(key.terms().withLimits(OwnLimits.of(limit))));
    return issued.text().reveal();
  }

  /** What a key has used of its limit of this size, for the model small. */
  private long used(String key, long limit) {
    try {
      JsonNode info = new ObjectMapper().readTree(stack.get("/v1/key?model=small", key).body());
      for (JsonNode one : info.path("limits")) {
        if (one.path("limit").asLong() == limit && one.path("used").isNumber()) {
          return one.path("used").asLong();
        }
      }
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double metric(Replica replica, String name) {
    return replica
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static long lines(Replica replica, String text) {
    return replica.process().log().lines().filter(line -> line.contains(text)).count();
  }

  private interface Condition {
    boolean holds();
  }

  private static void until(Condition condition) {
    Awaitility.await().atMost(1, TimeUnit.MINUTES).until(condition::holds);
  }
}
