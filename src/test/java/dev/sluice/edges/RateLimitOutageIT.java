package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RateLimitLoad;
import dev.sluice.testing.RateLimitLoad.Answer;
import dev.sluice.testing.RateLimitReplica;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.Resources;
import dev.sluice.testing.SluiceProcess;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis stands still under load, as under SIGSTOP, and goes on. */
class RateLimitOutageIT {
  private static final int PER_SECOND = 2_000;
  private static final Duration STOPPED = Duration.ofSeconds(3);
  private static final long MOST = 4_000_000_000L;
  private static final int SHARE = 100;
  private static final String NOT_ASKED = "not asked, as it did not answer before";
  private static final String RULES =
      """
      domain: stopped
      descriptors:
      - key: many
        rate_limit: {unit: year, requests_per_unit: %d}
      - key: few
        rate_limit: {unit: year, requests_per_unit: %d}
      """
          .formatted(MOST, SHARE);

  @TempDir private Path folder;
  private RedisProcess redis;
  private Map<String, String> environment;

  @BeforeEach
  void start() {
    redis = RedisProcess.start(folder);
    environment = RateLimits.environment(folder, redis.address());
    // Long enough for a Redis that is there on a busy machine, and much shorter than it is away.
    environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "200ms");
    RateLimits.write(folder, "stopped.yaml", RULES);
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void standsStillAgainAndAgain_eachIsAnsweredMeanwhile_noneIsCountedTwice_nothingPilesUp() {
    SluiceProcess process = new SluiceProcess(folder, environment, "serve");
    try (RateLimitReplica replica = RateLimitReplica.of(process);
        RateLimitLoad load =
            RateLimitLoad.start(
                List.of(replica.channel()),
                PER_SECOND,
                number -> RateLimitReplica.request("stopped", "many=one"))) {
      awaitCounts(load);

      standStill(load);
      awaitCounts(load);
      long heap = Resources.of(process.handle()).heapBytes();
      standStill(load);
      standStill(load);
      awaitCounts(load);

      assertThat(Resources.of(process.handle()).heapBytes()).isLessThan(heap + (16 << 20));
      load.finish();
      assertCountedOnce(load);
    }
  }

  /**
   * Each request was counted at most once, and each that was told a count was counted: no two were
   * told the same.
   */
  private void assertCountedOnce(RateLimitLoad load) {
    List<Long> left =
        load.answers().stream()
            .flatMap(answer -> answer.response().stream())
            .map(response -> Integer.toUnsignedLong(response.getStatuses(0).getLimitRemaining()))
            .toList();
    Set<Long> different = new HashSet<>(left);
    assertThat(different).hasSameSizeAs(left);
    long counted =
        redis.ask(
            commands ->
                commands.keys("stopped_many_one_*").stream()
                    .mapToLong(key -> Long.parseLong(commands.get(key)))
                    .sum());
    assertThat(counted).isBetween((long) left.size(), load.sent());
    assertThat(left).allMatch(remaining -> remaining >= MOST - counted);
  }

  /**
   * All that is sent while Redis stands still is answered before it goes on, most of it without
   * having waited for it.
   */
  private void standStill(RateLimitLoad load) {
    int before = load.answers().size();
    redis.signal("STOP");
    try {
      Awaitility.await()
          .during(STOPPED)
          .atMost(Duration.ofMinutes(2))
          .until(() -> notAsked(load, before) > PER_SECOND);
      long sent = load.sent();
      List<Answer> answers = load.awaitAnswers();
      assertThat((long) answers.size()).isGreaterThanOrEqualTo(sent);
    } finally {
      redis.signal("CONT");
    }
  }

  private static long notAsked(RateLimitLoad load, int from) {
    return load.answers().stream()
        .skip(from)
        .filter(answer -> answer.failure().contains(NOT_ASKED))
        .count();
  }

  /** It counts again, and nobody has started it anew. */
  private static void awaitCounts(RateLimitLoad load) {
    int before = load.answers().size();
    Awaitility.await()
        .until(
            () ->
                load.answers().stream()
                        .skip(before)
                        .filter(answer -> answer.response().isPresent())
                        .count()
                    > 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "closed", "share"})
  void standsStill_whatIsNotCounted_isAnsweredByThePolicy(String policy) throws Exception {
    environment.put("SLUICE_RATE_LIMIT_OUTAGE", policy);
    try (RateLimitReplica replica = RateLimitReplica.here(environment);
        RateLimitLoad load =
            RateLimitLoad.start(
                List.of(replica.channel()),
                PER_SECOND,
                number ->
                    RateLimitReplica.request(
                        "stopped", "few=" + policy + (number < 50 ? "-before" : "")))) {
      Awaitility.await().until(() -> load.answers().size() > 50);
      redis.signal("STOP");
      long from = load.sent();
      List<RateLimitResponse> stopped;
      try {
        Awaitility.await().during(STOPPED).until(() -> load.answers().size() > from + 1_000);
        stopped =
            load.awaitAnswers().stream()
                // What was on its way before may have been counted.
                .filter(answer -> answer.number() > from)
                .map(answer -> answer.response().orElseThrow())
                .toList();
      } finally {
        redis.signal("CONT");
      }
      Map<Code, Long> codes =
          stopped.stream()
              .collect(
                  Collectors.groupingBy(RateLimitResponse::getOverallCode, Collectors.counting()));
      switch (policy) {
        case "open" -> assertThat(codes).containsOnlyKeys(Code.OK);
        case "closed" -> assertThat(codes).containsOnlyKeys(Code.OVER_LIMIT);
        default -> {
          assertThat(codes).containsKey(Code.OVER_LIMIT);
          assertThat(codes.getOrDefault(Code.OK, 0L)).isLessThanOrEqualTo(SHARE);
        }
      }
      Awaitility.await().until(() -> counted(policy) > 0);
    }
  }

  /** Redis has counted some again. */
  private long counted(String policy) {
    String explored = "stopped_few_" + policy + "_*";
    return redis.ask(
        commands ->
            commands.keys(explored).stream()
                .mapToLong(key -> Long.parseLong(commands.get(key)))
                .sum());
  }
}
