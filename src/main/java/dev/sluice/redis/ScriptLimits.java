package dev.sluice.redis;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits as the scripts take them: the windows of each scope, then the scopes that limit how many
 * run, then the records that limit their end users; and what the scripts say of them, in the order
 * in which they were given.
 *
 * <p>What is in shadow has keys of its own, behind those of what is enforced: so a request that
 * nothing in shadow counts is counted under the first keys of its windows, and under no others.
 */
final class ScriptLimits {
  /** Nobody knows when a running request ends. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What is counted together. */
  private record Count(Scope scope, boolean shadow) {
    String rate(Keys names) {
      return shadow ? names.shadowRate(scope) : names.rate(scope);
    }

    String running(Keys names) {
      return shadow ? names.shadowRunning(scope) : names.running(scope);
    }

    String endUsers(Keys names) {
      return shadow ? names.shadowEndUsers(scope) : names.endUsers(scope);
    }
  }

  private final List<ScopedLimit> limits;

  /** The places of the limits, by what counts them. */
  private final Map<Count, List<Integer>> rates = new LinkedHashMap<>();

  private final Map<Count, List<Integer>> concurrencies = new LinkedHashMap<>();
  private final Map<Count, List<Integer>> endUsers = new LinkedHashMap<>();

  ScriptLimits(List<ScopedLimit> limits) {
    this.limits = limits;
    place(false);
    place(true);
  }

  private void place(boolean shadow) {
    for (int i = 0; i < limits.size(); i++) {
      ScopedLimit limit = limits.get(i);
      if (limit.shadow() == shadow) {
        Count count = new Count(limit.scope(), shadow);
        places(limit.limit()).computeIfAbsent(count, unknown -> new ArrayList<>(3)).add(i);
      }
    }
  }

  private Map<Count, List<Integer>> places(Limit limit) {
    if (limit instanceof Rate) {
      return rates;
    }
    return limit instanceof Concurrency ? concurrencies : endUsers;
  }

  /** Adds the keys of the windows, scope by scope. */
  void addRateKeys(Keys names, List<String> keys) {
    rates.keySet().forEach(one -> keys.add(one.rate(names)));
  }

  /** Adds the keys of what runs, scope by scope. */
  void addRunningKeys(Keys names, List<String> keys) {
    concurrencies.keySet().forEach(one -> keys.add(one.running(names)));
  }

  /** Adds the keys of all scopes: of windows, of what runs, of end users. */
  void addKeys(Keys names, List<String> keys) {
    addRateKeys(names, keys);
    addRunningKeys(names, keys);
    endUsers.keySet().forEach(one -> keys.add(one.endUsers(names)));
  }

  /** Adds the limits of each scope. */
  void addArguments(List<String> arguments) {
    for (List<Integer> places : rates.values()) {
      arguments.add(Integer.toString(places.size()));
      for (int place : places) {
        Rate rate = (Rate) limits.get(place).limit();
        arguments.add(Long.toString(periodMillis(rate)));
        arguments.add(written(rate, rate.allowedRequests()));
      }
    }
    for (List<Integer> places : concurrencies.values()) {
      long least =
          places.stream().mapToLong(place -> limits.get(place).limit().allowed()).min().orElse(0);
      arguments.add("0");
      arguments.add(written(limits.get(places.get(0)).limit(), least));
    }
    endUsers.values().forEach(places -> addEndUsers(limits.get(places.get(0)), arguments));
  }

  private void addEndUsers(ScopedLimit limit, List<String> arguments) {
    EndUsers most = (EndUsers) limit.limit();
    arguments.add("-1");
    arguments.add(written(most, most.atATime()));
    arguments.add(Long.toString(most.longest().toMillis()));
    arguments.add(limit.scope().endUser().orElseThrow().id());
  }

  /** What is in shadow is below zero. */
  private static String written(Limit limit, long allowed) {
    return Long.toString(limit.shadow() ? -allowed - 1 : allowed);
  }

  /** Adds for each scope that has windows their periods. */
  void addPeriods(List<String> arguments) {
    for (List<Integer> places : rates.values()) {
      List<String> periods =
          places.stream()
              .map(limits::get)
              .map(limit -> Long.toString(periodMillis((Rate) limit.limit())))
              // Two limits of one period share a window.
              .distinct()
              .toList();
      arguments.add(Integer.toString(periods.size()));
      arguments.addAll(periods);
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
        evaluated[place] =
            new EvaluatedLimit(
                limits.get(place),
                (Long) reply.get(at),
                Duration.ofMillis((Long) reply.get(at + 1)),
                after((Long) reply.get(at + 2)));
        at += 3;
      }
    }
    for (List<Integer> places : concurrencies.values()) {
      long running = (Long) reply.get(at++);
      places.forEach(place -> evaluated[place] = running(limits.get(place), running));
    }
    for (List<Integer> places : endUsers.values()) {
      long counted = (Long) reply.get(at);
      Optional<Duration> wait = after((Long) reply.get(at + 1));
      for (int place : places) {
        evaluated[place] =
            new EvaluatedLimit(limits.get(place), counted, wait.orElse(Duration.ZERO), wait);
      }
      at += 2;
    }
    return List.of(evaluated);
  }

  /** Less than zero is never. */
  private static Optional<Duration> after(long millis) {
    return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
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
