package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * What the gateway adds. A ratio or a difference is taken within each round, and then its median.
 *
 * @param memory of Sluice behind all rounds
 */
record GatewayFigures(
    GatewayBench.Options options, List<Measured> measured, Optional<Memory> memory) {

  /**
   * One target under one workload.
   *
   * @param open at a fixed rate, for latency; else closed, for CPU
   */
  record Asked(Target.Kind target, Workload workload, boolean open) {}

  /** One of them in one round. */
  record Measured(int round, Asked asked, Requests requests, Used used)
      implements Measurement<Asked> {}

  private ByRound<Asked, Measured> byRound() {
    return new ByRound<>(options.rounds(), measured);
  }

  /** One line of the table of CPU. */
  private record Cost(String name, String id, Spread proxy, Spread sluice, Spread ratio) {}

  private List<Cost> costs() {
    return List.of(
        cost("a request, 2 KB in, 0.9 KB out", "request", GatewayBench.WHOLE),
        cost("a stream of 20 chunks", "stream_20", GatewayBench.SHORT_STREAM),
        cost("a stream of 200 chunks", "stream_200", GatewayBench.LONG_STREAM),
        cost(
            "a chunk more of a stream",
            "chunk",
            round -> chunkMicros(round, Target.Kind.PROXY),
            round -> chunkMicros(round, Target.Kind.SLUICE)));
  }

  private Cost cost(String name, String id, Workload workload) {
    return cost(
        name,
        id,
        round -> closed(round, Target.Kind.PROXY, workload).cpuMicros(),
        round -> closed(round, Target.Kind.SLUICE, workload).cpuMicros());
  }

  private Cost cost(String name, String id, IntToDoubleFunction proxy, IntToDoubleFunction sluice) {
    return new Cost(
        name,
        id,
        rounds(proxy),
        rounds(sluice),
        rounds(round -> sluice.applyAsDouble(round) / proxy.applyAsDouble(round)));
  }

  /** The slope between a short and a long stream: what a stream costs at its ends is not in it. */
  private double chunkMicros(int round, Target.Kind target) {
    double more =
        closed(round, target, GatewayBench.LONG_STREAM).cpuMicros()
            - closed(round, target, GatewayBench.SHORT_STREAM).cpuMicros();
    return more / (GatewayBench.LONG_STREAM.tokens() - GatewayBench.SHORT_STREAM.tokens());
  }

  private Spread redisMicros() {
    return rounds(round -> closed(round, Target.Kind.SLUICE, GatewayBench.WHOLE).redisMicros());
  }

  private Spread perSecond(Target.Kind target) {
    return rounds(round -> closed(round, target, GatewayBench.WHOLE).requests().perSecond());
  }

  private Spread latency(Target.Kind target, double percent) {
    return rounds(round -> open(round, target).requests().latencies().percentile(percent));
  }

  /** How much later an answer comes than straight from the backend. */
  private Spread added(Target.Kind target, double percent) {
    return rounds(
        round ->
            open(round, target).requests().latencies().percentile(percent)
                - open(round, Target.Kind.STRAIGHT).requests().latencies().percentile(percent));
  }

  private Spread rounds(IntToDoubleFunction figure) {
    return byRound().spread(figure);
  }

  private Measured closed(int round, Target.Kind target, Workload workload) {
    return one(round, target, workload, false);
  }

  private Measured open(int round, Target.Kind target) {
    return one(round, target, GatewayBench.WHOLE, true);
  }

  private Measured one(int round, Target.Kind target, Workload workload, boolean open) {
    return byRound().one(round, new Asked(target, workload, open));
  }

  /** For people: medians, and in brackets the least and the most of the rounds. */
  String table() {
    Table cpu = new Table().row("CPU, µs (user + system)", "bare proxy", "Sluice", "ratio");
    for (Cost cost : costs()) {
      cpu.row(cost.name(), cost.proxy().text(1), cost.sluice().text(1), cost.ratio().text(2));
    }
    cpu.row("of Redis, a request", "", redisMicros().text(1));
    cpu.row(
        "requests a second, " + options.connections() + " connections",
        perSecond(Target.Kind.PROXY).text(0),
        perSecond(Target.Kind.SLUICE).text(0));
    Table latency =
        new Table()
            .row(
                "latency, µs, at " + options.rate() + " a second",
                "straight",
                "bare proxy adds",
                "Sluice adds");
    for (double percent : new double[] {50, 99}) {
      latency.row(
          String.format(Locale.ROOT, "p%.0f", percent),
          latency(Target.Kind.STRAIGHT, percent).text(0),
          added(Target.Kind.PROXY, percent).text(0),
          added(Target.Kind.SLUICE, percent).text(0));
    }
    String resident =
        memory
            .map(
                m ->
                    "Sluice has %d MiB resident, %d MiB at most so far\n"
                        .formatted(m.now(), m.peak()))
            .orElse("");
    return cpu + "\n" + latency + "\n" + resident + byRound().summary(options.time());
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rounds", options.rounds()).put("seconds", options.time().toMillis() / 1e3);
    json.put("requests", requests());
    ObjectNode cpu = json.putObject("cpu_micros");
    for (Cost cost : costs()) {
      ObjectNode entry = cpu.putObject(cost.id());
      cost.proxy().putInto(entry, "proxy");
      cost.sluice().putInto(entry, "sluice");
      cost.ratio().putInto(entry, "ratio");
    }
    redisMicros().putInto(json, "redis_cpu_micros");
    ObjectNode latency = json.putObject("latency_micros").put("rate", options.rate());
    for (double percent : new double[] {50, 99}) {
      ObjectNode entry = latency.putObject(String.format(Locale.ROOT, "p%.0f", percent));
      latency(Target.Kind.STRAIGHT, percent).putInto(entry, "straight");
      added(Target.Kind.PROXY, percent).putInto(entry, "proxy_adds");
      added(Target.Kind.SLUICE, percent).putInto(entry, "sluice_adds");
    }
    memory.ifPresent(m -> json.putObject("resident_mib").put("now", m.now()).put("peak", m.peak()));
    return json.toString();
  }

  /** All that were measured. */
  long requests() {
    return byRound().requests();
  }
}
