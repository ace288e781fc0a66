package dev.sluice.edge.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lines of the decision log, which are also what is kept of refusals. */
final class DecidedJsonTest {
  private static final String KEY = ApiKey.idOf(Samples.TEXT);

  @Test
  void admitted_saysWhoAndWhatAndHowLongItTook() {
    assertThat(DecidedJson.line(Samples.admitted("r-1")))
        .isEqualTo(
            "{\"time\":\"2026-11-22T12:00:00.000Z\",\"requestId\":\"r-1\",\"door\":\"gateway\","
                + "\"decision\":\"admitted\",\"organization\":\"acme\",\"project\":\"p\","
                + "\"user\":\"u\",\"key\":\""
                + KEY
                + "\",\"tier\":\"web\",\"model\":\"small\",\"qos\":\"web\",\"tookMillis\":1.234}");
  }

  @Test
  void refused_byARate_saysWhichAndHowItStands() {
    EvaluatedLimit limit =
        new EvaluatedLimit(
            new ScopedLimit(
                new Scope(Scope.Level.USER, "u", Optional.of("small")),
                new Rate(5, Duration.ofMinutes(1))),
            5,
            Duration.ofMillis(41_500),
            Optional.of(Duration.ofMillis(1_250)));

    assertThat(
            DecidedJson.line(
                Samples.refused(
                    "r-2",
                    new Refusal.RateExceeded(limit),
                    Optional.of(Samples.caller()),
                    "small")))
        .contains(
            "\"decision\":\"rate_limit_exceeded\",\"status\":429,",
            "\"limit\":{\"scope\":\"user\",\"id\":\"u\",\"model\":\"small\",\"type\":\"requests\","
                + "\"limit\":5,\"periodSeconds\":60,\"resetSeconds\":41.5,\"used\":5,"
                + "\"remaining\":0,\"retryAfterSeconds\":1.25}",
            "\"message\":\"Rate limit reached for ");
  }

  @Test
  void refused_byConcurrency_hasNoPeriodAndNoReset() {
    EvaluatedLimit limit =
        new EvaluatedLimit(
            new ScopedLimit(new Scope(Scope.Level.KEY, "k", Optional.empty()), new Concurrency(2)),
            2,
            Duration.ofSeconds(1),
            Optional.of(Duration.ofSeconds(1)));

    assertThat(
            DecidedJson.line(
                Samples.refused(
                    "r-3",
                    new Refusal.ConcurrencyExceeded(limit),
                    Optional.of(Samples.caller()),
                    "small")))
        .contains(
            "\"limit\":{\"scope\":\"key\",\"id\":\"k\",\"type\":\"concurrency\",\"limit\":2,"
                + "\"used\":2,\"remaining\":0,\"retryAfterSeconds\":1.0}");
  }

  @Test
  void refused_byAShare_saysOfWhichLimit_andNotHowItStands() {
    ScopedLimit limit =
        new ScopedLimit(
            new Scope(Scope.Level.USER, "u", Optional.of("small")),
            new Rate(30, Duration.ofMinutes(1)));

    assertThat(
            DecidedJson.line(
                Samples.refused(
                    "r-4",
                    new Refusal.ShareExceeded(limit, 10, Duration.ofSeconds(5)),
                    Optional.of(Samples.caller()),
                    "small")))
        .contains(
            "\"limit\":{\"scope\":\"user\",\"id\":\"u\",\"model\":\"small\",\"type\":\"requests\","
                + "\"limit\":30,\"periodSeconds\":60,\"share\":10,\"retryAfterSeconds\":5.0}");
  }

  @Test
  void refused_whatAStrangerMadeUp_isOneHarmlessBoundedLine() {
    String model = "a\n{}\u001B[31m\u202E" + "x".repeat(100_000);

    String line =
        DecidedJson.line(
            Samples.refused("r-4", new Refusal.ModelNotFound(model), Optional.empty(), model));

    assertThat(line).hasSizeLessThan(4_000).doesNotContain("\n", "\u001B", "\u202E");
    assertThat(line).contains("\"model\":\"a\uFFFD{}\uFFFD[31m\uFFFDxxx").doesNotContain("key");
  }
}
