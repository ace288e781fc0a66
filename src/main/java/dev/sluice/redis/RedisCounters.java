package dev.sluice.redis;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.admission.SharedCounters;
import dev.sluice.policy.Concurrency;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Counts by the scripts admit, adopt, renew, settle and cancel, and looks by the script evaluate.
 *
 * <p>A settle that Redis did not answer is repeated until the hold's lease is over, a cancel for
 * ten minutes at least, also after its stage has failed: else a request that was refused in an
 * outage would stay charged.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}.
 */
public final class RedisCounters implements SharedCounters {
  private static final String ONE_HIT = "1";

  /** A Redis that stood still runs what it had got, however long ago that was asked. */
  private static final Duration LATEST_ADMIT = Duration.ofMinutes(10);

  private final RedisConnections redis;
  private final Script admit;
  private final Script adopt;
  private final Script evaluate;
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
    this.adopt = scripts.apply("adopt");
    this.evaluate = scripts.apply("evaluate");
    this.renew = scripts.apply("renew");
    this.settle = scripts.apply("settle");
    this.cancel = scripts.apply("cancel");
  }

  @Override
  public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
    Keys names = new Keys(hold.organization());
    ScriptLimits limits = new ScriptLimits(hold.limits());
    List<String> keys = new ArrayList<>();
    keys.add(names.version());
    addHold(keys, names, hold);
    limits.addKeys(names, keys);
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(knownVersion));
    arguments.add(lease(hold));
    arguments.add(ONE_HIT);
    arguments.add(attempt(hold));
    limits.addArguments(arguments);
    return redis.run(admit, keys, arguments).thenApply(reply -> outcome(limits, reply));
  }

  @Override
  public CompletionStage<List<EvaluatedLimit>> evaluate(
      String organization, List<ScopedLimit> asked, Optional<Instant> at) {
    ScriptLimits limits = new ScriptLimits(asked);
    List<String> keys = new ArrayList<>();
    // Without limits there would be no key, and a cluster would not know whom to ask.
    Keys names = new Keys(organization);
    keys.add(names.version());
    limits.addKeys(names, keys);
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(at.map(Instant::toEpochMilli).orElse(0L)));
    limits.addArguments(arguments);
    return redis.run(evaluate, keys, arguments).thenApply(reply -> limits.evaluated(reply, 0));
  }

  @Override
  public CompletionStage<Boolean> renew(Hold hold) {
    List<String> keys = holdKeys(hold);
    List<String> arguments = new ArrayList<>(List.of(lease(hold)));
    addRunning(hold, keys, arguments);
    // The holds of all running requests are renewed in one go: that must not keep new ones out.
    return redis.runWithReserve(renew, keys, arguments).thenApply(RedisCounters::done);
  }

  @Override
  public boolean mayHaveCounted(Throwable failure) {
    return RedisUnavailable.mayHaveArrived(failure);
  }

  @Override
  public CompletionStage<Boolean> adopt(Hold hold, Duration age, Optional<Settlement> settled) {
    return adopt(hold, age, settled.map(RedisCounters::text).orElse(""), "0");
  }

  @Override
  public CompletionStage<Boolean> resume(Hold hold) {
    return adopt(hold, Duration.ZERO, "", "1");
  }

  private CompletionStage<Boolean> adopt(Hold hold, Duration age, String settled, String resumed) {
    Keys names = new Keys(hold.organization());
    // What is in shadow measures what Redis decides, and leaves out what it did not.
    ScriptLimits limits =
        new ScriptLimits(hold.limits().stream().filter(limit -> !limit.shadow()).toList());
    List<String> keys = new ArrayList<>();
    keys.add(names.hold(hold.id()));
    keys.add(names.adopted(hold.id()));
    hold.request().ifPresent(request -> keys.add(names.request(request)));
    limits.addRateKeys(names, keys);
    limits.addRunningKeys(names, keys);
    List<String> arguments = new ArrayList<>();
    arguments.add(lease(hold));
    arguments.add(ONE_HIT);
    arguments.add(attempt(hold));
    arguments.add(Long.toString(age.toMillis()));
    arguments.add(settled);
    arguments.add(resumed);
    limits.addPeriods(arguments);
    return redis.runWithReserve(adopt, keys, arguments).thenApply(RedisCounters::done);
  }

  @Override
  public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
    List<String> keys = holdKeys(hold);
    List<String> arguments = new ArrayList<>(List.of(lease(hold), text(settlement)));
    addRunning(hold, keys, arguments);
    return ended(settle, hold, keys, arguments, hold.lease());
  }

  @Override
  public CompletionStage<Boolean> cancel(Hold hold) {
    List<String> keys = holdKeys(hold);
    new ScriptLimits(hold.limits()).addRateKeys(new Keys(hold.organization()), keys);
    List<String> arguments = new ArrayList<>(List.of(lease(hold), attempt(hold)));
    addRunning(hold, keys, arguments);
    Duration lease = hold.lease();
    Duration time = lease.compareTo(LATEST_ADMIT) > 0 ? lease : LATEST_ADMIT;
    return ended(cancel, hold, keys, arguments, time);
  }

  private CompletionStage<Boolean> ended(
      Script script, Hold hold, List<String> keys, List<String> arguments, Duration time) {
    // One without limits takes nothing: it must not use up the room of those that do.
    CompletionStage<List<Object>> reply =
        hold.limits().isEmpty()
            ? redis.run(script, keys, arguments)
            : redis.deliver(script, keys, arguments, time);
    return reply.thenApply(RedisCounters::done);
  }

  /** How it ended, and its tokens. */
  private static String text(Settlement settlement) {
    String tokens =
        settlement
            .usage()
            .map(usage -> " " + usage.promptTokens() + " " + usage.completionTokens())
            .orElse("");
    return settlement.ending().name().toLowerCase(Locale.ROOT) + tokens;
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

  /** Adds the keys of the scopes that limit how many run, and how many they are, if any do. */
  private static void addRunning(Hold hold, List<String> keys, List<String> arguments) {
    if (limitsRunning(hold)) {
      int before = keys.size();
      new ScriptLimits(hold.limits()).addRunningKeys(new Keys(hold.organization()), keys);
      arguments.add(Integer.toString(keys.size() - before));
    }
  }

  private static boolean limitsRunning(Hold hold) {
    // Every request comes here, and most have no such limit: so no stream.
    for (ScopedLimit limit : hold.limits()) {
      if (limit.limit() instanceof Concurrency) {
        return true;
      }
    }
    return false;
  }

  private static String attempt(Hold hold) {
    return hold.request().isPresent() ? "1" : "0";
  }

  private static boolean done(List<Object> reply) {
    return (Long) reply.get(0) == 1;
  }

  private static Outcome outcome(ScriptLimits limits, List<Object> reply) {
    int status = ((Long) reply.get(0)).intValue();
    return switch (status) {
      case 0 -> new Outcome.Held(limits.evaluated(reply, 1), false);
      case 1 -> new Outcome.Exceeded(limits.evaluated(reply, 1));
      case 2 -> new Outcome.Stale();
      case 3 -> new Outcome.Cancelled();
      case 4 -> new Outcome.Held(limits.evaluated(reply, 1), true);
      default -> throw new IllegalStateException("admit.lua answered with status " + status);
    };
  }

  private static String lease(Hold hold) {
    return Long.toString(Math.max(1, hold.lease().toMillis()));
  }
}
