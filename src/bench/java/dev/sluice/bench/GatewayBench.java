package dev.sluice.bench;

import dev.sluice.bench.GatewayFigures.Asked;
import dev.sluice.bench.GatewayFigures.Measured;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures the gateway next to its floor and to no gateway at all.
 *
 * <p>Within a round the targets come one after the other, and in another order in each round, so
 * that a machine that grows slower or faster does so for all of them.
 */
final class GatewayBench {
  static final Workload WHOLE = Workload.whole(16);
  static final Workload SHORT_STREAM = Workload.stream(20);
  static final Workload LONG_STREAM = Workload.stream(200);

  /**
   * @param warmup of each workload at each target
   * @param connections in use at a time when CPU is measured
   * @param rate requests a second when latency is measured
   * @param jvm more flags for Sluice and the proxy
   */
  record Options(
      Duration time, Duration warmup, int rounds, int connections, int rate, List<String> jvm) {
    Options {
      jvm = List.copyOf(jvm);
      if (time.isZero() || time.isNegative() || rounds < 1 || connections < 1 || rate < 1) {
        throw new BenchFailed("seconds, rounds, connections and rate must be more than nothing");
      }
    }
  }

  private final Options options;
  private final Vertx vertx;
  private final GatewayStack stack;
  private final Consumer<String> progress;
  private final List<Measured> measured = new ArrayList<>();

  private GatewayBench(
      Options options, Vertx vertx, GatewayStack stack, Consumer<String> progress) {
    this.options = options;
    this.vertx = vertx;
    this.stack = stack;
    this.progress = progress;
  }

  /**
   * Blocks until all is measured and every process has ended.
   *
   * @param progress is told what goes on
   * @throws BenchFailed when a single request was not answered as it must be
   */
  static GatewayFigures run(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    try (GatewayStack stack = new GatewayStack(options.jvm())) {
      GatewayBench bench = new GatewayBench(options, vertx, stack, progress);
      bench.run();
      return new GatewayFigures(
          options, List.copyOf(bench.measured), Memory.of(stack.sluice().process()));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private void run() {
    progress.accept(
        "Sluice is process %d, the bare proxy %d, the backend %d"
            .formatted(
                stack.sluice().process().pid(),
                stack.proxy().process().pid(),
                stack.straight().process().pid()));
    List<Workload> workloads = List.of(WHOLE, SHORT_STREAM, LONG_STREAM);
    List<Target> targets =
        new ArrayList<>(List.of(stack.straight(), stack.proxy(), stack.sluice()));
    for (Workload workload : workloads) {
      // The backend is warm when these two are.
      for (Target target : List.of(stack.proxy(), stack.sluice())) {
        progress.accept("warming up: %s, %s".formatted(workload.name(), target.kind()));
        try (Load load = new Load(vertx, target, workload)) {
          succeeded(target, workload, load.closed(options.connections(), options.warmup()));
        }
      }
    }
    for (int round = 1; round <= options.rounds(); round++) {
      for (Workload workload : workloads) {
        progress.accept(
            "round %d of %d: CPU, %s".formatted(round, options.rounds(), workload.name()));
        for (Target target : List.of(stack.proxy(), stack.sluice())) {
          measure(round, target, workload, false);
        }
      }
      progress.accept("round %d of %d: latency".formatted(round, options.rounds()));
      for (Target target : targets) {
        measure(round, target, WHOLE, true);
      }
      Collections.rotate(targets, 1);
    }
  }

  private void measure(int round, Target target, Workload workload, boolean open) {
    try (Load load = new Load(vertx, target, workload)) {
      Used before = used(target);
      Requests requests =
          open
              ? load.open(options.rate(), options.time())
              : load.closed(options.connections(), options.time());
      succeeded(target, workload, requests);
      measured.add(
          new Measured(
              round,
              new Asked(target.kind(), workload, open),
              requests,
              used(target).since(before)));
    }
  }

  private Used used(Target target) {
    return Used.by(Optional.of(target.process()), Optional.of(stack.redis()));
  }

  private static void succeeded(Target target, Workload workload, Requests requests) {
    requests.requireSuccess(target.kind() + ", " + workload.name());
  }
}
