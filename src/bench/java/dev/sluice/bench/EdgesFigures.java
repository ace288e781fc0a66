package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.bench.EdgeTarget.Kind;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What decisions at the doors for edges cost. A ratio is taken within each round. */
record EdgesFigures(EdgesBench.Options options, List<Measured> measured) {
  /**
   * One target asked in one way in one round.
   *
   * @param used by the target's process
   * @param redisCpu of Sluice's Redis meanwhile
   */
  record Measured(
      int round, EdgeCase asked, Kind target, Requests requests, Used used, Duration redisCpu) {
    double cpuMicros() {
      return Cpu.micros(used.cpu(), requests.answered());
    }

    double redisMicros() {
      return Cpu.micros(redisCpu, requests.answered());
    }
  }

  private Spread spread(EdgeCase asked, Kind target, ToDoubleFunction<Measured> figure) {
    return Spread.of(rounds().mapToDouble(r -> figure.applyAsDouble(one(r, asked, target))));
  }

  private Spread cpu(EdgeCase asked, Kind target) {
    return spread(asked, target, Measured::cpuMicros);
  }

  private Spread redis(EdgeCase asked) {
    return spread(asked, Kind.SLUICE, Measured::redisMicros);
  }

  private Spread compiling(EdgeCase asked) {
    return spread(asked, Kind.SLUICE, each -> each.used().compiling());
  }

  private Spread perSecond(EdgeCase asked, Kind target) {
    return spread(asked, target, each -> each.requests().perSecond());
  }

  private Spread ratio(EdgeCase asked, Kind target) {
    return Spread.of(
        rounds()
            .mapToDouble(
                r -> one(r, asked, target).cpuMicros() / one(r, asked, Kind.NO_OP).cpuMicros()));
  }

  private IntStream rounds() {
    return IntStream.rangeClosed(1, options.rounds());
  }

  private Measured one(int round, EdgeCase asked, Kind target) {
    return measured.stream()
        .filter(m -> m.round() == round && m.asked().equals(asked) && m.target() == target)
        .findFirst()
        .orElseThrow();
  }

  private boolean rival(EdgeCase asked) {
    return asked.anyService() && options.rival().isPresent();
  }

  private boolean rivalCpu() {
    return options.rival().flatMap(EdgeTarget::process).isPresent();
  }

  /** For people: medians, and in brackets the least and the most of the rounds. */
  String table() {
    StringBuilder text = new StringBuilder();
    row(text, "CPU of a decision, µs", "no-op", "Sluice", "ratio", "Redis", "JIT");
    for (EdgeCase asked : options.cases()) {
      row(
          text,
          asked.name(),
          cpu(asked, Kind.NO_OP).text(1),
          cpu(asked, Kind.SLUICE).text(1),
          ratio(asked, Kind.SLUICE).text(2),
          redis(asked).text(1),
          "%.0f%%".formatted(100 * compiling(asked).median()));
      if (rival(asked) && rivalCpu()) {
        String ratio = ratio(asked, Kind.RIVAL).text(2);
        row(text, "  the rival", "", cpu(asked, Kind.RIVAL).text(1), ratio, "", "");
      }
    }
    text.append('\n');
    row(text, "decisions a second", "no-op", "Sluice", "", "", "");
    for (EdgeCase asked : options.cases()) {
      row(
          text,
          asked.name(),
          perSecond(asked, Kind.NO_OP).text(0),
          perSecond(asked, Kind.SLUICE).text(0),
          "",
          "",
          "");
      if (rival(asked)) {
        row(text, "  the rival", "", perSecond(asked, Kind.RIVAL).text(0), "", "", "");
      }
    }
    return text
        + "\nMedians of %d rounds of %s s each (least – most); %d requests, all answered as expected"
            .formatted(options.rounds(), options.time().toMillis() / 1e3, requests());
  }

  private static void row(StringBuilder text, String... cells) {
    text.append(String.format("%-32s%-24s%-24s%-22s%-20s%s", (Object[]) cells).stripTrailing());
    text.append('\n');
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rounds", options.rounds()).put("seconds", options.time().toMillis() / 1e3);
    json.put("keys", options.keys()).put("requests", requests());
    ObjectNode cases = json.putObject("cases");
    for (EdgeCase asked : options.cases()) {
      ObjectNode entry = cases.putObject(asked.id());
      ObjectNode cpu = entry.putObject("cpu_micros");
      cpu(asked, Kind.NO_OP).putInto(cpu, "no_op");
      cpu(asked, Kind.SLUICE).putInto(cpu, "sluice");
      ratio(asked, Kind.SLUICE).putInto(cpu, "ratio");
      redis(asked).putInto(cpu, "redis");
      compiling(asked).putInto(cpu, "sluice_compiling");
      ObjectNode perSecond = entry.putObject("per_second");
      perSecond(asked, Kind.NO_OP).putInto(perSecond, "no_op");
      perSecond(asked, Kind.SLUICE).putInto(perSecond, "sluice");
      if (rival(asked)) {
        perSecond(asked, Kind.RIVAL).putInto(perSecond, "rival");
        if (rivalCpu()) {
          cpu(asked, Kind.RIVAL).putInto(cpu, "rival");
          ratio(asked, Kind.RIVAL).putInto(cpu, "rival_ratio");
        }
      }
    }
    return json.toString();
  }

  /** All that were measured. */
  long requests() {
    return measured.stream().mapToLong(m -> m.requests().answered()).sum();
  }
}
