package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt64Value;
import dev.sluice.testing.RateLimitLoad;
import dev.sluice.testing.RateLimitLoad.Answer;
import dev.sluice.testing.RateLimitReplica;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.SluiceProcess;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two servers, each a process of its own, and one Redis: a limit is one limit. */
class RateLimitReplicasIT {
  private static final int LIMIT = 300;
  private static final int PER_PERIOD = 40;
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final String RULES =
      """
      domain: both
      descriptors:
      - key: fixed
        rate_limit: {unit: year, requests_per_unit: %1$d}
      - key: rolling
        rate_limit: {unit: year, requests_per_unit: %1$d, algorithm: rolling}
      - key: log
        rate_limit: {period: 2s, requests_per_unit: %2$d, algorithm: rolling}
      """
          .formatted(LIMIT, PER_PERIOD);

  @TempDir private static Path folder;
  private static RedisProcess redis;
  private static final List<RateLimitReplica> replicas = new ArrayList<>();

  @BeforeAll
  static void start() {
    redis = RedisProcess.start(folder);
    Map<String, String> environment = RateLimits.environment(folder, redis.address());
    RateLimits.write(folder, "both.yaml", RULES);
    List<SluiceProcess> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(new SluiceProcess(folder, environment, "serve"));
    }
    processes.forEach(process -> replicas.add(RateLimitReplica.of(process)));
  }

  @AfterAll
  static void stop() {
    replicas.forEach(RateLimitReplica::close);
    redis.close();
  }

  @ParameterizedTest
  @CsvSource({"fixed, 1", "fixed, 3", "fixed, 7", "rolling, 1", "rolling, 3", "rolling, 7"})
  void manyAtOnceAgainstOneKey_asManyPassAsTheLimitHasRoomFor(String kind, int hits) {
    RateLimitRequest request = request(kind + "=" + hits, hits);

    RateLimitLoad load = RateLimitLoad.atOnce(channels(), 1_500, number -> request);

    assertThat(load.answers()).extracting(Answer::failure).containsOnly("");
    assertThat(admitted(load.answers())).hasSize(LIMIT / hits);
  }

  /**
   * What passed, against a log of it: a server decided at some time between question and answer. So
   * those whose question and answer lie within one period were decided in one.
   */
  @Test
  void rollingLimit_neverMoreInAnyPeriod_andAsManyAgainInTheNext() {
    Random random = new Random(3);
    List<Integer> hits = random.ints(10_000, 1, 4).boxed().toList();
    List<Answer> log;
    try (RateLimitLoad load =
        RateLimitLoad.start(
            channels(),
            400,
            number -> request("log=one", hits.get((int) (number % hits.size()))))) {
      // Which takes three periods at least.
      Awaitility.await().until(() -> hits(admitted(load.answers()), hits) > 3 * PER_PERIOD);
      load.finish();
      assertThat(load.answers()).extracting(Answer::failure).containsOnly("");
      log =
          admitted(load.answers()).stream()
              .sorted(Comparator.comparingLong(Answer::sentNanos))
              .toList();
    }
    for (int i = 0; i < log.size(); i++) {
      long end = log.get(i).sentNanos() + PERIOD.toNanos();
      List<Answer> within =
          log.stream().skip(i).filter(answer -> answer.answeredNanos() < end).toList();
      assertThat(hits(within, hits)).isLessThanOrEqualTo(PER_PERIOD);
    }
  }

  private static long hits(List<Answer> answers, List<Integer> hits) {
    return answers.stream()
        .mapToLong(answer -> hits.get((int) (answer.number() % hits.size())))
        .sum();
  }

  private static RateLimitRequest request(String entry, int hits) {
    RateLimitRequest.Builder request = RateLimitReplica.request("both", entry).toBuilder();
    request.getDescriptorsBuilder(0).setHitsAddend(UInt64Value.of(hits));
    return request.build();
  }

  private static List<ManagedChannel> channels() {
    return replicas.stream().map(RateLimitReplica::channel).toList();
  }

  private static List<Answer> admitted(List<Answer> answers) {
    return answers.stream()
        .filter(
            answer -> answer.response().filter(it -> it.getOverallCode() == Code.OK).isPresent())
        .toList();
  }
}
