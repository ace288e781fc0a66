package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.Permission;
import dev.sluice.admission.Demand;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Refusal.BoundExceeded;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Scope KEY = new Scope(Scope.Level.KEY, "k", Optional.empty());
  private final Refusals refusals = new Refusals(503, InstantSource.fixed(NOW), new Random(1));

  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(new Refusal.NoKey(), 401, "invalid_request_error", "invalid_api_key"),
        Arguments.of(
            new Refusal.InvalidKey(Refusal.InvalidKey.Cause.UNKNOWN, "abcd"),
            401,
            "invalid_request_error",
            "invalid_api_key"),
        Arguments.of(
            new Refusal.InvalidKey(Refusal.InvalidKey.Cause.REVOKED, "abcd"),
            401,
            "invalid_request_error",
            "invalid_api_key"),
        Arguments.of(
            new Refusal.PermissionMissing(Permission.INFERENCE),
            403,
            "permission_denied",
            "key_permission_missing"),
        Arguments.of(
            new Refusal.NetworkNotAllowed(Optional.of("192.0.2.1")),
            403,
            "permission_denied",
            "key_network_not_allowed"),
        Arguments.of(
            new Refusal.KeyModelNotAllowed("m"), 403, "permission_denied", "key_model_not_allowed"),
        Arguments.of(
            new Refusal.ModelRestricted("m"), 403, "permission_denied", "model_restricted"),
        Arguments.of(
            new Refusal.ModelNotFound("m"), 404, "invalid_request_error", "model_not_found"),
        Arguments.of(
            new Refusal.ModelDeprecated("m", Optional.empty()),
            410,
            "invalid_request_error",
            "model_deprecated"),
        Arguments.of(
            new Refusal.ModelDeprecated("m", Optional.of("n")),
            410,
            "invalid_request_error",
            "model_deprecated"),
        Arguments.of(
            new Refusal.ModelUnderMaintenance("m", Optional.empty()),
            503,
            "service_unavailable_error",
            "model_maintenance"),
        Arguments.of(
            new Refusal.RateExceeded(minute(20, Duration.ofSeconds(12))),
            429,
            "requests",
            "rate_limit_exceeded"),
        Arguments.of(
            new Refusal.ConcurrencyExceeded(running(5, Duration.ofSeconds(1))),
            429,
            "requests",
            "rate_limit_exceeded"),
        Arguments.of(
            new Refusal.QueueFull("m", "web", 5, 5, Duration.ofSeconds(2)),
            503,
            "service_unavailable_error",
            "queue_full"),
        Arguments.of(
            new Refusal.QueueTimedOut("m", "web", Duration.ofSeconds(60), Duration.ofSeconds(2)),
            503,
            "service_unavailable_error",
            "queue_full"),
        Arguments.of(
            new Refusal.Unserved("m", "web"), 503, "service_unavailable_error", "model_unserved"),
        Arguments.of(
            new Refusal.ShareExceeded(rate(Duration.ofMinutes(1), 30), 10, Duration.ofSeconds(5)),
            429,
            "requests",
            "rate_limit_exceeded"),
        Arguments.of(new Refusal.DecisionFailed(), 500, "server_error", "internal_error"),
        Arguments.of(
            new Refusal.Overtaken(), 503, "service_unavailable_error", "limits_unavailable"),
        Arguments.of(
            new Refusal.StoreUnavailable(),
            503,
            "service_unavailable_error",
            "limits_unavailable"));
  }

  @ParameterizedTest
  @MethodSource("table")
  void everyRefusalHasItsStatusTypeAndCode(Refusal refusal, int status, String type, String code)
      throws Exception {
    Answer answer = refusals.answer(refusal, List.of(), "req_1");
    JsonNode body = new ObjectMapper().readTree(answer.body());
    assertThat(answer.status()).isEqualTo(status);
    assertThat(body.at("/error/type").asText()).isEqualTo(type);
    assertThat(body.at("/error/code").asText()).isEqualTo(code);
    assertThat(body.at("/error").has("param")).isTrue();
    assertThat(body.at("/request_id").asText()).isEqualTo("req_1");
    assertThat(answer.headers()).containsEntry("x-request-id", "req_1");
    assertThat(answer.headers()).containsEntry("content-type", "application/json");
  }

  @ParameterizedTest
  @EnumSource(Refusal.InvalidKey.Cause.class)
  void everyCauseThatAKeyIsNotHonouredIsSaidInItsOwnWords(Refusal.InvalidKey.Cause cause) {
    Answer answer = refusals.answer(new Refusal.InvalidKey(cause, "abcd"), List.of(), "req_1");
    String word = cause.name().replaceFirst("_.*", "").toLowerCase(Locale.ROOT);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body())
        .contains("*****abcd", "invalid_api_key")
        .containsPattern(
            switch (cause) {
              case UNKNOWN -> "Incorrect API key";
              case OVER_AGE -> "older than your organization allows";
              default -> word;
            });
  }

  @Test
  void aRateNamesScopeLimitUsedAndTime() {
    Answer answer =
        refusals.answer(
            new Refusal.RateExceeded(minute(20, Duration.ofSeconds(12))), List.of(), "req_1");
    assertThat(answer.body())
        .contains(
            "Rate limit reached for user `alice` on `m`: limit 20 requests per minute, used 20,"
                + " requested 1. Try again in 12s (at 2026-11-22T12:00:12Z).");
  }

  @Test
  void concurrencyNamesScopeLimitAndUsedAndAsksToComeAgainSoon() {
    EvaluatedLimit running = running(5, Duration.ofSeconds(1));
    EvaluatedLimit rate = limit(Duration.ofMinutes(1), 240, 3, Duration.ofSeconds(50));
    Answer answer =
        refusals.answer(new Refusal.ConcurrencyExceeded(running), List.of(rate, running), "req_1");
    assertThat(answer.body())
        .contains(
            "Concurrency limit reached for key `k`: limit 5 requests at once, running 5,"
                + " requested 1. Try again when one of them has ended.");
    assertThat(Long.parseLong(answer.headers().get("retry-after-ms"))).isBetween(1_000L, 1_450L);
    assertThat(answer.headers())
        .containsEntry("x-ratelimit-limit-requests", "5")
        .containsEntry("x-ratelimit-remaining-requests", "0")
        .containsEntry("x-ratelimit-reset-requests", "1s");
  }

  @Test
  void concurrencyOfZeroIsNeverToBeRetried() {
    EvaluatedLimit none =
        new EvaluatedLimit(
            new ScopedLimit(KEY, new Concurrency(0)), 0, Duration.ZERO, Optional.empty());
    Answer answer = refusals.answer(new Refusal.ConcurrencyExceeded(none), List.of(none), "req_1");
    assertThat(answer.body()).contains("running 0, requested 1. No request is allowed.");
    assertThat(answer.headers())
        .containsEntry("x-should-retry", "false")
        .doesNotContainKeys("retry-after", "retry-after-ms");
  }

  @Test
  void theHeadersOfOtherAnswersTellOfRatesOnly() {
    Map<String, String> headers = new LinkedHashMap<>();
    EvaluatedLimit rate = limit(Duration.ofMinutes(1), 240, 3, Duration.ofSeconds(50));
    RateLimitHeaders.add(List.of(running(1, Duration.ofSeconds(1)), rate), headers);
    assertThat(headers).containsEntry("x-ratelimit-limit-requests", "240");

    headers.clear();
    RateLimitHeaders.add(List.of(running(1, Duration.ofSeconds(1))), headers);
    assertThat(headers).isEmpty();
  }

  @Test
  void ofSeveralLimitsOfADayTheTightestIsTold() {
    Map<String, String> headers = new LinkedHashMap<>();
    EvaluatedLimit wide = limit(Duration.ofDays(1), 1_000, 1, Duration.ofHours(24));
    EvaluatedLimit tight = limit(Duration.ofDays(1), 10, 1, Duration.ofHours(24));
    RateLimitHeaders.add(List.of(tight, wide), headers);
    assertThat(headers).containsEntry("x-ratelimit-limit-requests-day", "10");
  }

  @Test
  void aShortWaitIsNamedWithJitterAndNeverTooEarly() {
    for (int i = 0; i < 1000; i++) {
      Answer answer =
          refusals.answer(
              new Refusal.RateExceeded(minute(20, Duration.ofSeconds(12))), List.of(), "req_1");
      assertThat(Long.parseLong(answer.headers().get("retry-after-ms")))
          .isBetween(12_000L, 13_450L);
      assertThat(Long.parseLong(answer.headers().get("retry-after"))).isBetween(12L, 14L);
      assertThat(answer.headers()).doesNotContainKey("x-should-retry");
    }
  }

  @Test
  void aLongWaitIsForbiddenInsteadOfNamed() {
    Answer answer =
        refusals.answer(
            new Refusal.RateExceeded(minute(20, Duration.ofSeconds(61))), List.of(), "req_1");
    assertThat(answer.headers())
        .containsEntry("x-should-retry", "false")
        .doesNotContainKeys("retry-after", "retry-after-ms");
  }

  @Test
  void neverAsksToRetryAfterZero() {
    Answer answer =
        refusals.answer(
            new Refusal.RateExceeded(minute(20, Duration.ofMillis(1))), List.of(), "req_1");
    assertThat(answer.headers().get("retry-after")).isNotEqualTo("0");
  }

  @Test
  void theHeadersTellOfTheTightestLimitAndOfTheDay() {
    EvaluatedLimit day =
        limit(Duration.ofDays(1), 48_000, 47_990, Duration.ofHours(23).plusMillis(1500));
    EvaluatedLimit minute = limit(Duration.ofMinutes(1), 240, 235, Duration.ofMillis(59_250));
    Answer answer = refusals.answer(new Refusal.StoreUnavailable(), List.of(day, minute), "req_1");
    assertThat(answer.headers())
        .containsEntry("x-ratelimit-limit-requests", "240")
        .containsEntry("x-ratelimit-remaining-requests", "5")
        .containsEntry("x-ratelimit-reset-requests", "59.25s")
        .containsEntry("x-ratelimit-limit-requests-day", "48000")
        .containsEntry("x-ratelimit-remaining-requests-day", "10")
        .containsEntry("x-ratelimit-reset-requests-day", "23h0m1s");
  }

  @Test
  void aMaintenanceWithAnEndSaysWhenItEnds() {
    Answer answer =
        refusals.answer(
            new Refusal.ModelUnderMaintenance("m", Optional.of(NOW.plusSeconds(3600))),
            List.of(),
            "req_1");
    assertThat(answer.body()).contains("until 2026-11-22T13:00:00Z");
    assertThat(answer.headers())
        .containsEntry("retry-after", "3601")
        .containsEntry("x-should-retry", "false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BATCH_SIZE | n | 9 | batch_size_exceeded | Invalid 'n': tier `web` allows at most 8 in one"
            + " request on `m`, got 9.",
        "OUTPUT_TOKENS | max_tokens | 900 | output_tokens_exceeded | Invalid 'max_tokens': tier"
            + " `web` allows at most 8 output tokens on `m`, got 900.",
      })
  void bound_isA400ThatNamesFieldBoundAndTier(
      BoundExceeded.Bound bound, String field, long asked, String code, String message)
      throws Exception {
    Answer answer =
        refusals.answer(
            new BoundExceeded(bound, new Demand.Amount(field, asked), 8, "web", "m"),
            List.of(),
            "req_1");

    JsonNode error = new ObjectMapper().readTree(answer.body()).get("error");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(error.get("message").asText()).isEqualTo(message);
    assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.get("code").asText()).isEqualTo(code);
    assertThat(error.get("param").asText()).isEqualTo(field);
    assertThat(answer.headers()).containsOnlyKeys("content-type", "x-request-id");
  }

  @Test
  void rateOverABlockOrTier_saysWhatIsCounted() {
    assertThat(message(new Scope.Part.OfBlock("web", "a")))
        .contains("for user `alice` on `a` and what tier `web` counts with it: limit 5");
    assertThat(message(new Scope.Part.OfTier("web")))
        .contains("for user `alice` on all models of tier `web`: limit 5");
  }

  @Test
  void tooManyEndUsers_isA429ThatSaysWhoseAndWhen() throws Exception {
    Scope scope =
        new Scope(Scope.Level.KEY, "k", new Scope.Part.All(), Optional.of(EndUser.named("ada")));
    EvaluatedLimit limit =
        new EvaluatedLimit(
            new ScopedLimit(scope, new EndUsers(5, Duration.ofMinutes(1), false)),
            5,
            Duration.ofSeconds(12),
            Optional.of(Duration.ofSeconds(12)));

    Answer answer = refusals.answer(new Refusal.EndUsersExceeded(limit), List.of(limit), "req_1");

    JsonNode error = new ObjectMapper().readTree(answer.body()).get("error");
    assertThat(answer.status()).isEqualTo(429);
    assertThat(error.get("code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(error.get("message").asText())
        .isEqualTo(
            "Too many end users of key `k`: limit 5 end users at a time, counted 5, and this request"
                + " is of another. Try again in 12s (at 2026-11-22T12:00:12Z).");
    assertThat(answer.headers()).containsKey("retry-after");
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("x-ratelimit"));
  }

  @Test
  void limitInShadow_isInNoHeader() {
    ScopedLimit shadow = new ScopedLimit(KEY, new Rate(1, Duration.ofDays(1), true));
    EvaluatedLimit tightest = new EvaluatedLimit(shadow, 1, Duration.ZERO, Optional.empty());
    EvaluatedLimit enforced = minute(5, Duration.ofSeconds(9));

    assertThat(
            refusals
                .answer(new Refusal.RateExceeded(enforced), List.of(tightest, enforced), "req_1")
                .headers())
        .containsEntry("x-ratelimit-limit-requests", "5")
        .doesNotContainKey("x-ratelimit-limit-requests-day");
  }

  private String message(Scope.Part part) {
    ScopedLimit limit =
        new ScopedLimit(
            new Scope(Scope.Level.USER, "alice", part), new Rate(5, Duration.ofMinutes(1)));
    EvaluatedLimit used = new EvaluatedLimit(limit, 5, Duration.ZERO, Optional.empty());
    return refusals.answer(new Refusal.RateExceeded(used), List.of(used), "req_1").body();
  }

  @Test
  void shareThatIsUsedUp_saysOfWhichLimit_andNothingOfWhatIsLeft() {
    ScopedLimit limit = rate(Duration.ofMinutes(1), 30);
    Answer answer =
        refusals.answer(
            new Refusal.ShareExceeded(limit, 10, Duration.ofSeconds(5)), List.of(), "req_1");

    assertThat(answer.body()).contains("the share of 10 of the limit of 30 requests per ");
    assertThat(answer.headers()).containsKey("retry-after");
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("x-ratelimit"));
  }

  @Test
  void quotesFromTheRequestAreEscaped() throws Exception {
    Answer answer = refusals.answer(new Refusal.ModelNotFound("a\"b\n\\"), List.of(), "req_1");
    assertThat(new ObjectMapper().readTree(answer.body()).at("/error/message").asText())
        .contains("`a\"b\n\\`");
  }

  private static EvaluatedLimit running(long most, Duration retryAfter) {
    return new EvaluatedLimit(
        new ScopedLimit(KEY, new Concurrency(most)), most, retryAfter, Optional.of(retryAfter));
  }

  private static EvaluatedLimit minute(long allowed, Duration retryAfter) {
    return new EvaluatedLimit(
        rate(Duration.ofMinutes(1), allowed), allowed, retryAfter, Optional.of(retryAfter));
  }

  private static EvaluatedLimit limit(Duration period, long allowed, long used, Duration reset) {
    return new EvaluatedLimit(rate(period, allowed), used, reset, Optional.of(Duration.ZERO));
  }

  private static ScopedLimit rate(Duration period, long allowed) {
    return new ScopedLimit(
        new Scope(Scope.Level.USER, "alice", Optional.of("m")), new Rate(allowed, period));
  }
}
