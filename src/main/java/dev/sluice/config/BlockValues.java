package dev.sluice.config;

import dev.sluice.policy.Rate;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.TokenRate;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is said of the models of a block: on one level, or on all of them together. Each value is
 * found for itself.
 */
record BlockValues(
    Optional<Value<String>> qos,
    Optional<Value<Integer>> queueDepth,
    Optional<Value<Rates>> rates,
    Optional<Value<Long>> maxBatchSize,
    Optional<Value<Long>> maxOutputTokens,
    Optional<Value<RateScope>> scope,
    Optional<Value<Boolean>> shadow) {
  static final BlockValues NONE =
      new BlockValues(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * A value and where it comes from.
   *
   * @param tier that says it, or whose default it is
   * @param field where it is said
   * @param isDefault whether nobody says it
   */
  record Value<T>(T value, String tier, Field field, boolean isDefault) {}

  /** The rates of requests and of tokens, one field of the file; the shortest period first. */
  record Rates(List<Rate> requests, List<TokenRate> tokens) {
    static final Rates UNLIMITED = new Rates(List.of(), List.of());

    Rates {
      requests =
          requests.stream()
              .sorted(Comparator.comparing(Rate::period).thenComparing(Rate::shadow))
              .toList();
      tokens =
          tokens.stream()
              .sorted(Comparator.comparing(TokenRate::period).thenComparing(TokenRate::shadow))
              .toList();
    }

    /** All of them in shadow; of two of one period, the tightest. */
    Rates inShadow() {
      Map<Duration, Rate> ofRequests = new LinkedHashMap<>();
      for (Rate rate : requests) {
        ofRequests.merge(
            rate.period(),
            rate.inShadow(),
            (one, other) -> one.allowedRequests() <= other.allowedRequests() ? one : other);
      }
      Map<Duration, TokenRate> ofTokens = new LinkedHashMap<>();
      for (TokenRate rate : tokens) {
        ofTokens.merge(
            rate.period(),
            rate.inShadow(),
            (one, other) -> one.allowedTokens() <= other.allowedTokens() ? one : other);
      }
      return new Rates(List.copyOf(ofRequests.values()), List.copyOf(ofTokens.values()));
    }
  }

  /** These, and where these say nothing, those of a wider level. */
  BlockValues over(BlockValues wider) {
    return new BlockValues(
        qos.or(wider::qos),
        queueDepth.or(wider::queueDepth),
        rates.or(wider::rates),
        maxBatchSize.or(wider::maxBatchSize),
        maxOutputTokens.or(wider::maxOutputTokens),
        scope.or(wider::scope),
        shadow.or(wider::shadow));
  }

  /** The places of all values. */
  Stream<Field> places() {
    return Stream.of(qos, queueDepth, rates, maxBatchSize, maxOutputTokens, scope, shadow)
        .flatMap(Optional::stream)
        .map(Value::field);
  }

  /** The places of those values that are not what a wider level says already. */
  Stream<Field> changes(BlockValues wider) {
    return Stream.of(
            change(qos, wider.qos),
            change(queueDepth, wider.queueDepth),
            change(rates, wider.rates),
            change(maxBatchSize, wider.maxBatchSize),
            change(maxOutputTokens, wider.maxOutputTokens),
            change(scope, wider.scope),
            change(shadow, wider.shadow))
        .flatMap(Optional::stream);
  }

  private static <T> Optional<Field> change(Optional<Value<T>> here, Optional<Value<T>> wider) {
    return here.filter(value -> !Optional.of(value.value()).equals(wider.map(Value::value)))
        .map(Value::field);
  }
}
