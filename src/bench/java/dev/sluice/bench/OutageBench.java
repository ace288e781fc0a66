package dev.sluice.bench;

import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.testing.RedisProcess;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Stops Redis under rate limit requests, and lets it go on; of one rate limit service after the
 * other, each as it is shipped, with a Redis of its own.
 */
final class OutageBench {
  private static final Duration SETTLING = Duration.ofMillis(250);
  private static final int MOST_LOOKS = 40;

  /**
   * @param rate requests a second
   * @param before until Redis is stopped
   * @param stop for which it is
   * @param after until the last request
   * @param warmup at the same rate; is repeated while the JIT compiler is still busy
   * @param outages answers of Sluice, each of which is tried
   * @param reference whether the real envoyproxy/ratelimit is tried as well
   * @param jvm more flags for Sluice
   */
  record Options(
      int rate,
      Duration before,
      Duration stop,
      Duration after,
      Duration warmup,
      List<OutageAnswer> outages,
      boolean reference,
      List<String> jvm) {
    Options {
      outages = List.copyOf(outages);
      jvm = List.copyOf(jvm);
      if (rate < 1
          || Stream.of(before, stop, after).anyMatch(time -> time.isZero() || time.isNegative())) {
        throw new BenchFailed("the rate and all times must be more than nothing");
      }
      if (outages.isEmpty() && !reference) {
        throw new BenchFailed("there is nothing to measure");
      }
    }

    Duration time() {
      return before.plus(stop).plus(after);
    }
  }

  private final Options options;
  private final Consumer<String> progress;

  private OutageBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Blocks until all is measured and every process has ended.
   *
   * @param progress is told what goes on
   * @throws BenchFailed when nothing is counted even before the outage
   */
  static OutageFigures run(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    OutageBench bench = new OutageBench(options, progress);
    List<Outage> outages = new ArrayList<>();
    for (OutageAnswer answer : options.outages()) {
      outages.add(bench.sluice(answer));
    }
    if (options.reference()) {
      outages.add(bench.reference());
    }
    return new OutageFigures(options, outages);
  }

  private Outage sluice(OutageAnswer answer) throws IOException, InterruptedException {
    try (Processes processes = new Processes(options.jvm())) {
      RedisProcess redis = redis(processes);
      EdgeSluice sluice =
          EdgeSluice.start(processes, EdgeSetup.outage(answer), "redis://" + redis.address());
      String text = answer.name().toLowerCase(Locale.ROOT);
      return measure("Sluice, " + text, sluice.target(Optional.empty()), redis);
    }
  }

  private Outage reference() throws IOException, InterruptedException {
    try (Processes processes = new Processes(options.jvm())) {
      RedisProcess redis = redis(processes);
      EdgeReference reference = EdgeReference.start(processes, EdgeSetup.FRONT, redis.address());
      EdgeTarget target = reference.target(Optional.empty());
      return measure(target.kind().toString(), target, redis);
    }
  }

  private static RedisProcess redis(Processes processes) {
    RedisProcess redis = RedisProcess.start(processes.folder());
    processes.closeLater(redis::close);
    return redis;
  }

  private Outage measure(String name, EdgeTarget target, RedisProcess redis)
      throws InterruptedException {
    progress.accept("warming up: " + name);
    try (Asker warmUp = asker(target, LimitQuestions.hotKey(target.kind()))) {
      // On a machine that is busy a call may well be late: that is no failure here.
      WarmUp.of(target, () -> warmUp.run(options.warmup()));
    }
    progress.accept("stopping Redis: " + name);
    OutageAnswers answers = new OutageAnswers();
    Resident resident = new Resident(target.process().orElseThrow());
    ExecutorService client = Executors.newSingleThreadExecutor();
    try (var asker = asker(target, LimitQuestions.organizations(target.kind()))) {
      Future<Requests> load = client.submit(() -> asker.run(options.time(), answers));
      resident.watch(options.before());
      long before = resident.now();
      long stopped = System.nanoTime();
      redis.signal("STOP");
      resident.watch(options.stop());
      redis.signal("CONT");
      long continued = System.nanoTime();
      resident.watch(options.after());
      load.get();
      Outage outage =
          new Outage(
              name,
              answers.all(),
              stopped,
              continued,
              counted(redis),
              new Outage.Memory(before, resident.most(), resident.now()));
      if (outage.count(Outage.Phase.BEFORE, Outage.Kind.COUNTED) == 0) {
        throw new BenchFailed(name + " counts nothing, even before Redis is stopped");
      }
      return outage;
    } catch (ExecutionException e) {
      throw new BenchFailed(name + ": " + e.getCause());
    } finally {
      client.shutdownNow();
    }
  }

  private GrpcRate<RateLimitRequest, RateLimitResponse> asker(
      EdgeTarget target, LimitQuestions questions) {
    return new GrpcRate<>(
        EdgeCase.connections(target, RateLimitServiceGrpc.getShouldRateLimitMethod()),
        new Pace(options.rate()),
        questions);
  }

  /** All hits in Redis, when no more come: what was on its way may still be counted. */
  private static long counted(RedisProcess redis) throws InterruptedException {
    long counted = redis.ask(OutageBench::sum);
    for (int look = 0; look < MOST_LOOKS; look++) {
      Thread.sleep(SETTLING.toMillis());
      long before = counted;
      counted = redis.ask(OutageBench::sum);
      if (counted == before) {
        break;
      }
    }
    return counted;
  }

  private static long sum(RedisCommands<String, String> commands) {
    return commands.keys(LimitQuestions.ORGANIZATION_KEYS).stream()
        .mapToLong(key -> Long.parseLong(commands.get(key)))
        .sum();
  }
}
