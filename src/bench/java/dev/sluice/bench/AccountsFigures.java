package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.bench.AccountsBench.Cold;
import dev.sluice.policy.DoorMode;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What decisions cost with few and with many accounts. A ratio is taken within each round. */
record AccountsFigures(
    AccountsBench.Options options,
    List<Measured> measured,
    Cold cold,
    AccountsFile.Size size,
    AccountsStack.Stored stored) {

  /**
   * One case in one round.
   *
   * @param lookups of callers in Redis, for each decision
   */
  record Measured(int round, AccountsCase asked, Requests requests, Used used, double lookups)
      implements Measurement<AccountsCase> {}

  private ByRound<AccountsCase, Measured> byRound() {
    return new ByRound<>(options.rounds(), measured);
  }

  private Spread spread(AccountsCase asked, ToDoubleFunction<Measured> figure) {
    return byRound().spread(asked, figure);
  }

  /** The large store next to the small one. */
  private Spread ratio(AccountsCase asked, ToDoubleFunction<Measured> figure) {
    return byRound().ratio(asked, asked.inSmall(), figure);
  }

  /** For people: medians, and in brackets the least and the most of the rounds. */
  String table() {
    return decisions()
        + "\n"
        + kept()
        + "%na known caller: %s bytes of heap%n".formatted(number(0, cold.heap()))
        + "%s records: import %s a second; export %s a second, %d MiB resident with %s%n"
            .formatted(
                number(0, size.records()),
                number(0, stored.importPerSecond()),
                number(0, stored.export().perSecond()),
                stored.export().mebibytes(),
                options.exportJvm())
        + byRound().summary(options.time());
  }

  private Table decisions() {
    Table table =
        new Table()
            .row("a decision", "CPU, µs", "of Redis, µs", "p50, µs", "p99, µs", "lookups", "JIT");
    for (AccountsCase asked : AccountsCase.all(options.many())) {
      table.row(
          asked.name(),
          spread(asked, Measured::cpuMicros).text(1),
          spread(asked, Measured::redisMicros).text(1),
          spread(asked, m -> m.requests().latencies().percentile(50)).text(0),
          spread(asked, m -> m.requests().latencies().percentile(99)).text(0),
          number(3, spread(asked, Measured::lookups).median()),
          "%.0f%%".formatted(100 * spread(asked, m -> m.used().compiling()).median()));
      if (asked.large() && asked.keys() <= AccountsCase.HOT) {
        table.row(
            "  beside few",
            ratio(asked, Measured::cpuMicros).text(2),
            // In front mode Redis is hardly asked about keys that are asked often.
            asked.mode() == DoorMode.FULL ? ratio(asked, Measured::redisMicros).text(2) : "",
            ratio(asked, m -> m.requests().latencies().percentile(50)).text(2));
      } else if (asked.equals(cold.measured().asked())) {
        Measured first = cold.measured();
        table.row(
            "  each for the first time",
            number(1, first.cpuMicros()),
            number(1, first.redisMicros()),
            number(0, first.requests().latencies().percentile(50)),
            number(0, first.requests().latencies().percentile(99)),
            number(3, first.lookups()),
            "%.0f%%".formatted(100 * first.used().compiling()));
      }
    }
    return table;
  }

  private Table kept() {
    return new Table()
        .row("kept in Redis, bytes", "an organization", "a user", "a key", "the audit's share")
        .row(
            "",
            number(0, stored.bytes().getOrDefault("organization", 0.0)),
            number(0, stored.bytes().getOrDefault("user", 0.0)),
            number(0, stored.bytes().getOrDefault("key", 0.0)),
            number(0, stored.audit() / size.records()) + " a record");
  }

  private static String number(int decimals, double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rounds", options.rounds()).put("seconds", options.time().toMillis() / 1e3);
    json.put("few", options.few()).put("many", options.many()).put("requests", requests());
    ObjectNode cases = json.putObject("cases");
    for (AccountsCase asked : AccountsCase.all(options.many())) {
      ObjectNode entry = cases.putObject(asked.id());
      spread(asked, Measured::cpuMicros).putInto(entry, "cpu_micros");
      spread(asked, Measured::redisMicros).putInto(entry, "redis_micros");
      spread(asked, Measured::lookups).putInto(entry, "lookups");
      spread(asked, m -> m.requests().latencies().percentile(50)).putInto(entry, "p50_micros");
      spread(asked, m -> m.requests().latencies().percentile(99)).putInto(entry, "p99_micros");
      if (asked.large() && asked.keys() <= AccountsCase.HOT) {
        ratio(asked, Measured::cpuMicros).putInto(entry, "cpu_ratio");
        if (asked.mode() == DoorMode.FULL) {
          ratio(asked, Measured::redisMicros).putInto(entry, "redis_ratio");
        }
      } else if (asked.equals(cold.measured().asked())) {
        Measured first = cold.measured();
        entry
            .putObject("first_time")
            .put("cpu_micros", first.cpuMicros())
            .put("redis_micros", first.redisMicros())
            .put("lookups", first.lookups());
      }
    }
    ObjectNode bytes = json.putObject("redis_bytes");
    stored.bytes().forEach(bytes::put);
    json.put("caller_heap_bytes", cold.heap());
    json.put("import_per_second", stored.importPerSecond());
    json.put("export_per_second", stored.export().perSecond());
    json.put("export_resident_mebibytes", stored.export().mebibytes());
    return json.toString();
  }

  /** All that were measured. */
  long requests() {
    return byRound().requests();
  }
}
