package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What decisions cost by limits and tiers. A ratio is taken within each round.
 *
 * @param slow commands that Redis noted as slow
 */
record PolicyFigures(PolicyBench.Options options, List<Measured> measured, long slow) {
  /** One case in one round. */
  record Measured(int round, PolicyCase asked, Requests requests, Used used)
      implements Measurement<PolicyCase> {}

  private ByRound<PolicyCase, Measured> byRound() {
    return new ByRound<>(options.rounds(), measured);
  }

  private Spread spread(PolicyCase asked, ToDoubleFunction<Measured> figure) {
    return byRound().spread(asked, figure);
  }

  private Spread ratio(PolicyCase asked, PolicyCase to, ToDoubleFunction<Measured> figure) {
    return byRound().ratio(asked, to, figure);
  }

  /** For people: medians, and in brackets the least and the most of the rounds. */
  String table() {
    Table table =
        new Table()
            .row("a decision", "CPU, µs", "of Redis, µs", "beside", "CPU", "of Redis", "JIT");
    for (PolicyCase asked : options.cases()) {
      table.row(
          asked.name(),
          spread(asked, Measured::cpuMicros).text(1),
          spread(asked, Measured::redisMicros).text(1),
          asked.base().map(PolicyCase::name).orElse(""),
          asked.base().map(to -> ratio(asked, to, Measured::cpuMicros).text(2)).orElse(""),
          asked.base().map(to -> ratio(asked, to, Measured::redisMicros).text(2)).orElse(""),
          "%.0f%%".formatted(100 * spread(asked, m -> m.used().compiling()).median()));
    }
    return table
        + "\ncommands that took Redis more than %d ms: %d%n"
            .formatted(PolicyBench.SLOW.toMillis(), slow)
        + byRound().summary(options.time());
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rounds", options.rounds()).put("seconds", options.time().toMillis() / 1e3);
    json.put("keys", options.keys()).put("requests", requests()).put("slow_commands", slow);
    ObjectNode cases = json.putObject("cases");
    for (PolicyCase asked : options.cases()) {
      ObjectNode entry = cases.putObject(asked.id());
      spread(asked, Measured::cpuMicros).putInto(entry, "cpu_micros");
      spread(asked, Measured::redisMicros).putInto(entry, "redis_micros");
      asked
          .base()
          .ifPresent(
              to -> {
                entry.put("beside", to.id());
                ratio(asked, to, Measured::cpuMicros).putInto(entry, "cpu_ratio");
                ratio(asked, to, Measured::redisMicros).putInto(entry, "redis_ratio");
              });
    }
    return json.toString();
  }

  /** All that were measured. */
  long requests() {
    return byRound().requests();
  }
}
