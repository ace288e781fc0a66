package dev.sluice.bench;

import dev.sluice.bench.EdgeTarget.Kind;
import dev.sluice.bench.EdgesFigures.Asked;
import dev.sluice.bench.EdgesFigures.Measured;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures the doors for edges next to services of the same stack that decide nothing, and to other
 * rate limit services.
 *
 * <p>Within a round the targets of a case come one after the other, and in another order in each
 * round.
 */
final class EdgesBench {
  /**
   * @param warmup of each case at each target; is repeated while the JIT compiler is still busy
   * @param keys that ask in turn
   * @param reference whether the real envoyproxy/ratelimit is measured as well
   * @param rival another rate limit service, which runs already
   * @param jvm more flags for Sluice and what it is compared with
   */
  record Options(
      Duration time,
      Duration warmup,
      int rounds,
      int keys,
      List<EdgeCase> cases,
      boolean reference,
      Optional<EdgeTarget> rival,
      List<String> jvm) {
    Options {
      cases = List.copyOf(cases);
      jvm = List.copyOf(jvm);
      if (time.isZero() || time.isNegative() || rounds < 1 || keys < 1 || cases.isEmpty()) {
        throw new BenchFailed("seconds, rounds, keys and cases must be more than nothing");
      }
    }

    /** Who is asked, the floor first. */
    List<Kind> asked(EdgeCase each) {
      List<Kind> kinds = new ArrayList<>(List.of(Kind.NO_OP, Kind.SLUICE));
      if (each.anyService() && reference) {
        kinds.add(Kind.REFERENCE);
      }
      if (each.anyService() && rival.isPresent()) {
        kinds.add(Kind.RIVAL);
      }
      return kinds;
    }
  }

  private final Options options;
  private final EdgesStack stack;
  private final Consumer<String> progress;
  private final List<Measured> measured = new ArrayList<>();

  private EdgesBench(Options options, EdgesStack stack, Consumer<String> progress) {
    this.options = options;
    this.stack = stack;
    this.progress = progress;
  }

  /**
   * Blocks until all is measured and every process has ended.
   *
   * @param progress is told what goes on
   * @throws BenchFailed when a single request was not answered as it must be
   */
  static EdgesFigures run(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    try (EdgesStack stack = new EdgesStack(options)) {
      EdgesBench bench = new EdgesBench(options, stack, progress);
      bench.run();
      return new EdgesFigures(options, List.copyOf(bench.measured));
    }
  }

  private void run() {
    for (EdgeCase each : options.cases()) {
      for (Kind kind : options.asked(each)) {
        EdgeTarget target = stack.target(kind, each.setup());
        progress.accept(
            "warming up: %s, %s%s"
                .formatted(
                    each.name(),
                    kind,
                    target.process().map(process -> " " + process.pid()).orElse("")));
        WarmUp.of(target, () -> load(each, target, options.warmup()));
      }
    }
    for (int round = 1; round <= options.rounds(); round++) {
      for (EdgeCase each : options.cases()) {
        progress.accept("round %d of %d: %s".formatted(round, options.rounds(), each.name()));
        List<Kind> order = new ArrayList<>(options.asked(each));
        Collections.rotate(order, round - 1);
        for (Kind kind : order) {
          measure(round, each, stack.target(kind, each.setup()));
        }
      }
    }
  }

  private void measure(int round, EdgeCase each, EdgeTarget target) {
    Used before = Used.by(target);
    Requests requests = load(each, target, options.time());
    measured.add(
        new Measured(
            round, new Asked(each, target.kind()), requests, Used.by(target).since(before)));
  }

  private Requests load(EdgeCase each, EdgeTarget target, Duration time) {
    try (Asker load = each.opening().open(target, stack.keys(each.setup()))) {
      Requests requests = load.run(time);
      requests.requireSuccess(target.kind() + ", " + each.name());
      return requests;
    }
  }
}
