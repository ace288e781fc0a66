package dev.sluice.redis;

import dev.sluice.admission.Counters;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.RateLimit;
import dev.sluice.admission.Scope;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Counts by the scripts admit, renew, settle and cancel.
 *
 * <p>A settle or cancel that Redis did not answer is repeated until the hold's lease is over, also
 * after its stage has failed: else a request that was refused in an outage would stay charged.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}.
 */
public final class RedisCounters implements Counters {
  private static final String ONE_HIT = "1";

  private final RedisConnections redis;
  private final Script admit;
  private final Script renew;
  private final Script settle;
  private final Script cancel;

  public RedisCounters(RedisConnections redis) {
    this(redis, Script::shipped);
  }

  /**
   * @param scripts by name; tests run the scripts with a clock of their own
   */
  RedisCounters(RedisConnections redis, Function<String, Script> scripts) {
    this.redis = redis;
    this.admit = scripts.apply("admit");
    this.renew = scripts.apply("renew");
    this.settle = scripts.apply("settle");
    this.cancel = scripts.apply("cancel");
  }

  @Override
  public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
    Keys names = new Keys(hold.organization());
    Map<Scope, List<RateLimit>> scopes = byScope(hold);
    List<String> keys = new ArrayList<>();
    keys.add(names.version());
    addHold(keys, names, hold);
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(knownVersion));
    arguments.add(lease(hold));
    arguments.add(ONE_HIT);
    arguments.add(attempt(hold));
    List<RateLimit> asked = new ArrayList<>();
    scopes.forEach(
        (scope, limits) -> {
          keys.add(names.rate(scope));
          arguments.add(Integer.toString(limits.size()));
          for (RateLimit limit : limits) {
            arguments.add(Long.toString(periodMillis(limit.rate())));
            arguments.add(Long.toString(limit.rate().allowedRequests()));
            asked.add(limit);
          }
        });
    return redis.run(admit, keys, arguments).thenApply(reply -> outcome(hold, asked, reply));
  }

  @Override
  public CompletionStage<Boolean> renew(Hold hold) {
    // The holds of all running requests are renewed in one go: that must not keep new ones out.
    return redis
        .runWithReserve(renew, holdKeys(hold), List.of(lease(hold)))
        .thenApply(RedisCounters::done);
  }

  @Override
  public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
    String ending = settlement.ending().name().toLowerCase(Locale.ROOT);
    String tokens =
        settlement
            .usage()
            .map(usage -> " " + usage.promptTokens() + " " + usage.completionTokens())
            .orElse("");
    return redis
        .deliver(settle, holdKeys(hold), List.of(lease(hold), ending + tokens), hold.lease())
        .thenApply(RedisCounters::done);
  }

  @Override
  public CompletionStage<Boolean> cancel(Hold hold) {
    Keys names = new Keys(hold.organization());
    List<String> keys = holdKeys(hold);
    byScope(hold).keySet().forEach(scope -> keys.add(names.rate(scope)));
    return redis
        .deliver(cancel, keys, List.of(lease(hold), attempt(hold)), hold.lease())
        .thenApply(RedisCounters::done);
  }

  private static List<String> holdKeys(Hold hold) {
    List<String> keys = new ArrayList<>();
    addHold(keys, new Keys(hold.organization()), hold);
    return keys;
  }

  private static void addHold(List<String> keys, Keys names, Hold hold) {
    keys.add(names.hold(hold.id()));
    hold.request().ifPresent(request -> keys.add(names.request(request)));
  }

  private static String attempt(Hold hold) {
    return hold.request().isPresent() ? "1" : "0";
  }

  private static boolean done(List<Object> reply) {
    return (Long) reply.get(0) == 1;
  }

  private static Outcome outcome(Hold hold, List<RateLimit> asked, List<Object> reply) {
    int status = ((Long) reply.get(0)).intValue();
    return switch (status) {
      case 0 -> new Outcome.Held(evaluated(hold, asked, reply));
      case 1 -> new Outcome.Exceeded(evaluated(hold, asked, reply));
      case 2 -> new Outcome.Stale();
      case 3 -> new Outcome.Cancelled();
      default -> throw new IllegalStateException("admit.lua answered with status " + status);
    };
  }

  /** The limits in the order of the hold; the script has them by scope. */
  private static List<EvaluatedLimit> evaluated(
      Hold hold, List<RateLimit> asked, List<Object> reply) {
    List<EvaluatedLimit> evaluated = new ArrayList<>();
    for (RateLimit limit : hold.limits()) {
      int at = 1 + 3 * asked.indexOf(limit);
      long retry = (Long) reply.get(at + 2);
      evaluated.add(
          new EvaluatedLimit(
              limit,
              (Long) reply.get(at),
              Duration.ofMillis((Long) reply.get(at + 1)),
              retry < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retry))));
    }
    return List.copyOf(evaluated);
  }

  private static Map<Scope, List<RateLimit>> byScope(Hold hold) {
    Map<Scope, List<RateLimit>> scopes = new LinkedHashMap<>();
    for (RateLimit limit : hold.limits()) {
      scopes.computeIfAbsent(limit.scope(), scope -> new ArrayList<>(3)).add(limit);
    }
    return scopes;
  }

  /** Rounded up: a shorter period would admit more. */
  private static long periodMillis(Rate rate) {
    return rate.period().plusNanos(999_999).toMillis();
  }

  private static String lease(Hold hold) {
    return Long.toString(Math.max(1, hold.lease().toMillis()));
  }
}
