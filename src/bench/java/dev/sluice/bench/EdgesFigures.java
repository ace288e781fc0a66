package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.bench.EdgeTarget.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What decisions at the doors for edges cost. A ratio is taken within each round. */
record EdgesFigures(EdgesBench.Options options, List<Measured> measured) {
  /** Of latency. */
  private enum Percentile {
    P50("p50", 50),
    P99("p99", 99),
    P999("p99.9", 99.9);

    private final String text;
    private final double percent;

    Percentile(String text, double percent) {
      this.text = text;
      this.percent = percent;
    }

    /** For programs. */
    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    double of(Measured measured) {
      return measured.requests().latencies().percentile(percent);
    }
  }

  /** One kind of question to one target. */
  record Asked(EdgeCase question, Kind target) {
    Asked of(Kind other) {
      return new Asked(question, other);
    }
  }

  /** One of them in one round. */
  record Measured(int round, Asked asked, Requests requests, Used used)
      implements Measurement<Asked> {}

  private ByRound<Asked, Measured> byRound() {
    return new ByRound<>(options.rounds(), measured);
  }

  private Spread spread(Asked asked, ToDoubleFunction<Measured> figure) {
    return byRound().spread(asked, figure);
  }

  /** Beside the same question to another target. */
  private Spread beside(Kind other, Asked asked, ToDoubleFunction<Measured> figure) {
    return byRound().ratio(asked, asked.of(other), figure);
  }

  private List<Asked> asked(boolean latency) {
    return options.cases().stream()
        .filter(each -> each.latency() == latency)
        .flatMap(each -> options.asked(each).stream().map(kind -> new Asked(each, kind)))
        .toList();
  }

  private boolean knowsCpu(Asked asked) {
    return asked.target() != Kind.RIVAL || options.rival().flatMap(EdgeTarget::process).isPresent();
  }

  private static boolean knowsRedis(Asked asked) {
    return asked.target() == Kind.SLUICE || asked.target() == Kind.REFERENCE;
  }

  private static boolean isJvm(Asked asked) {
    return asked.target() == Kind.SLUICE || asked.target() == Kind.NO_OP;
  }

  private static boolean isOther(Asked asked) {
    return !isJvm(asked);
  }

  /** For people: medians, and in brackets the least and the most of the rounds. */
  String table() {
    return costs() + "\n" + latencies() + "\n" + byRound().summary(options.time());
  }

  private Table costs() {
    Table table =
        new Table()
            .row(
                "a decision",
                "by",
                "CPU, µs",
                "of Redis, µs",
                "× the no-op",
                "× Sluice",
                "a second",
                "JIT");
    for (Asked asked : asked(false)) {
      table.row(
          name(asked),
          asked.target().toString(),
          knowsCpu(asked) ? spread(asked, Measured::cpuMicros).text(1) : "",
          knowsRedis(asked) ? spread(asked, Measured::redisMicros).text(1) : "",
          knowsCpu(asked) && asked.target() != Kind.NO_OP
              ? beside(Kind.NO_OP, asked, Measured::cpuMicros).text(2)
              : "",
          knowsCpu(asked) && isOther(asked)
              ? beside(Kind.SLUICE, asked, Measured::cpuMicros).text(2)
              : "",
          spread(asked, each -> each.requests().perSecond()).text(0),
          isJvm(asked)
              ? "%.0f%%".formatted(100 * spread(asked, each -> each.used().compiling()).median())
              : "");
    }
    return table;
  }

  private Table latencies() {
    List<String> head = new ArrayList<>(List.of("latency, µs", "by"));
    for (Percentile each : Percentile.values()) {
      head.add(each.text);
      head.add("× Sluice");
    }
    Table table = new Table().row(head);
    for (Asked asked : asked(true)) {
      List<String> row = new ArrayList<>(List.of(name(asked), asked.target().toString()));
      for (Percentile each : Percentile.values()) {
        row.add(spread(asked, each::of).text(0));
        row.add(isOther(asked) ? beside(Kind.SLUICE, asked, each::of).text(2) : "");
      }
      table.row(row);
    }
    return table;
  }

  /** Once, in front of those who answer. */
  private static String name(Asked asked) {
    return asked.target() == Kind.NO_OP ? asked.question().name() : "";
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rounds", options.rounds()).put("seconds", options.time().toMillis() / 1e3);
    json.put("keys", options.keys()).put("requests", requests());
    ObjectNode cases = json.putObject("cases");
    for (Asked asked : asked(false)) {
      putCost(asked, entry(cases, asked));
    }
    for (Asked asked : asked(true)) {
      putLatency(asked, entry(cases, asked));
    }
    return json.toString();
  }

  private static ObjectNode entry(ObjectNode cases, Asked asked) {
    return cases.withObjectProperty(asked.question().id()).putObject(asked.target().id());
  }

  private void putCost(Asked asked, ObjectNode entry) {
    spread(asked, each -> each.requests().perSecond()).putInto(entry, "per_second");
    if (knowsCpu(asked)) {
      spread(asked, Measured::cpuMicros).putInto(entry, "cpu_micros");
      beside(Kind.NO_OP, asked, Measured::cpuMicros).putInto(entry, "cpu_beside_no_op");
      if (isOther(asked)) {
        beside(Kind.SLUICE, asked, Measured::cpuMicros).putInto(entry, "cpu_beside_sluice");
      }
    }
    if (knowsRedis(asked)) {
      spread(asked, Measured::redisMicros).putInto(entry, "redis_micros");
    }
    if (isJvm(asked)) {
      spread(asked, each -> each.used().compiling()).putInto(entry, "compiling");
    }
  }

  private void putLatency(Asked asked, ObjectNode entry) {
    for (Percentile each : Percentile.values()) {
      spread(asked, each::of).putInto(entry, each.id() + "_micros");
      if (isOther(asked)) {
        beside(Kind.SLUICE, asked, each::of).putInto(entry, each.id() + "_beside_sluice");
      }
    }
  }

  /** All that were measured. */
  long requests() {
    return byRound().requests();
  }
}
