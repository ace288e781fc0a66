package dev.sluice.redis;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits as the scripts take them: the windows of each scope, then the scopes that limit how many
 * run; and what the scripts say of them, in the order in which they were given.
 */
final class ScriptLimits {
  /** Nobody knows when a running request ends. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final List<ScopedLimit> limits;

  /** The places of the limits, by scope. */
  private final Map<Scope, List<Integer>> rates = new LinkedHashMap<>();

  private final Map<Scope, List<Integer>> concurrencies = new LinkedHashMap<>();

  ScriptLimits(List<ScopedLimit> limits) {
    this.limits = limits;
    for (int i = 0; i < limits.size(); i++) {
      ScopedLimit limit = limits.get(i);
      (limit.limit() instanceof Concurrency ? concurrencies : rates)
          .computeIfAbsent(limit.scope(), scope -> new ArrayList<>(3))
          .add(i);
    }
  }

  /** Adds the keys of all scopes. */
  void addKeys(Keys names, List<String> keys) {
    rates.keySet().forEach(scope -> keys.add(names.rate(scope)));
    concurrencies.keySet().forEach(scope -> keys.add(names.running(scope)));
  }

  /** Adds the limits of each scope. */
  void addArguments(List<String> arguments) {
    for (List<Integer> places : rates.values()) {
      arguments.add(Integer.toString(places.size()));
      for (int place : places) {
        Rate rate = (Rate) limits.get(place).limit();
        arguments.add(Long.toString(periodMillis(rate)));
        arguments.add(Long.toString(rate.allowedRequests()));
      }
    }
    for (List<Integer> places : concurrencies.values()) {
      long least =
          places.stream().mapToLong(place -> limits.get(place).limit().allowed()).min().orElse(0);
      arguments.add("0");
      arguments.add(Long.toString(least));
    }
  }

  /**
   * What a script says of them.
   *
   * @param from where it begins in the reply
   */
  List<EvaluatedLimit> evaluated(List<Object> reply, int from) {
    EvaluatedLimit[] evaluated = new EvaluatedLimit[limits.size()];
    int at = from;
    for (List<Integer> places : rates.values()) {
      for (int place : places) {
        long retry = (Long) reply.get(at + 2);
        evaluated[place] =
            new EvaluatedLimit(
                limits.get(place),
                (Long) reply.get(at),
                Duration.ofMillis((Long) reply.get(at + 1)),
                retry < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retry)));
        at += 3;
      }
    }
    for (List<Integer> places : concurrencies.values()) {
      long running = (Long) reply.get(at++);
      places.forEach(place -> evaluated[place] = running(limits.get(place), running));
    }
    return List.of(evaluated);
  }

  private static EvaluatedLimit running(ScopedLimit limit, long running) {
    long allowed = limit.limit().allowed();
    Duration wait = running < allowed ? Duration.ZERO : SOON;
    return new EvaluatedLimit(
        limit, running, wait, allowed == 0 ? Optional.empty() : Optional.of(wait));
  }

  /** Rounded up: a shorter period would admit more. */
  private static long periodMillis(Rate rate) {
    return rate.period().plusNanos(999_999).toMillis();
  }
}
