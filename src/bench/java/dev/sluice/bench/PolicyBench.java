package dev.sluice.bench;

import dev.sluice.bench.CheckQuestions.Shown;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures what a decision costs by how many limits hold for it, and by how many tiers there are.
 */
final class PolicyBench implements AutoCloseable {
  /** What Redis notes as slow. */
  static final Duration SLOW = Duration.ofMillis(2);

  /**
   * @param warmup of each case; is repeated while the JIT compiler is still busy
   * @param tiers of the large configuration
   * @param keys that ask in turn
   * @param jvm more flags for Sluice
   */
  record Options(
      Duration time, Duration warmup, int rounds, int tiers, int keys, List<String> jvm) {
    Options {
      jvm = List.copyOf(jvm);
      if (time.isZero()
          || time.isNegative()
          || rounds < 1
          || keys < 1
          || tiers <= PolicyCase.FEW_TIERS) {
        throw new BenchFailed(
            "seconds, rounds and keys must be more than nothing, tiers more than "
                + PolicyCase.FEW_TIERS);
      }
    }

    List<PolicyCase> cases() {
      return PolicyCase.all(tiers);
    }
  }

  private final Options options;
  private final Map<Integer, PolicyStack> stacks;
  private final Consumer<String> progress;
  private final Map<PolicyCase, Asker> loops = new HashMap<>();
  private final List<PolicyFigures.Measured> measured = new ArrayList<>();

  private PolicyBench(
      Options options, PolicyStack few, PolicyStack many, Consumer<String> progress) {
    this.options = options;
    this.stacks = Map.of(PolicyCase.FEW_TIERS, few, options.tiers(), many);
    this.progress = progress;
  }

  /**
   * Blocks until all is measured and every process has ended.
   *
   * @param progress is told what goes on
   * @throws BenchFailed when a single request was not answered as it must be
   */
  static PolicyFigures run(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    try (PolicyStack few = stack(options, PolicyCase.FEW_TIERS);
        PolicyStack many = stack(options, options.tiers());
        PolicyBench bench = new PolicyBench(options, few, many, progress)) {
      bench.run();
      return new PolicyFigures(options, List.copyOf(bench.measured), few.slow() + many.slow());
    }
  }

  private static PolicyStack stack(Options options, int tiers)
      throws IOException, InterruptedException {
    List<PolicyCase> cases =
        options.cases().stream().filter(each -> each.tiers() == tiers).toList();
    return new PolicyStack(options.jvm(), tiers, cases, options.keys());
  }

  private void run() {
    List<PolicyCase> cases = options.cases();
    for (PolicyCase each : cases) {
      progress.accept("warming up: " + each.name());
      WarmUp.of(stack(each).target(), () -> load(each, options.warmup()));
    }
    stacks.values().forEach(stack -> stack.noteSlow(SLOW.toNanos() / 1_000));
    for (int round = 1; round <= options.rounds(); round++) {
      List<PolicyCase> order = new ArrayList<>(cases);
      Collections.rotate(order, round - 1);
      for (PolicyCase each : order) {
        progress.accept("round %d of %d: %s".formatted(round, options.rounds(), each.name()));
        measure(round, each);
      }
    }
  }

  private void measure(int round, PolicyCase each) {
    EdgeTarget target = stack(each).target();
    Used before = Used.by(target);
    Requests requests = load(each, options.time());
    measured.add(new PolicyFigures.Measured(round, each, requests, Used.by(target).since(before)));
  }

  private PolicyStack stack(PolicyCase each) {
    PolicyStack stack = stacks.get(each.tiers());
    if (stack == null) {
      throw new IllegalArgumentException("no stack for " + each.name());
    }
    return stack;
  }

  private Requests load(PolicyCase each, Duration time) {
    Requests requests = loops.computeIfAbsent(each, this::open).run(time);
    requests.requireSuccess(each.name());
    return requests;
  }

  private Asker open(PolicyCase each) {
    EdgeTarget target = stack(each).target();
    return EdgeCase.grpc(
        target,
        AuthorizationGrpc.getCheckMethod(),
        new CheckQuestions(stack(each).keys(each), target.kind(), DoorMode.FULL, Shown.MODEL));
  }

  @Override
  public void close() {
    loops.values().forEach(Asker::close);
  }
}
