package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.bench.Outage.Kind;
import dev.sluice.bench.Outage.Phase;
import java.util.List;
import java.util.Locale;

/** What an outage of Redis did to each of the services that were measured. */
record OutageFigures(OutageBench.Options options, List<Outage> outages) {
  private static final double MILLI = 1e3;

  OutageFigures {
    outages = List.copyOf(outages);
  }

  /** For people. */
  String table() {
    return answers() + "\n" + consequences() + "\n" + summary();
  }

  private Table answers() {
    Table table =
        new Table()
            .row(
                "answers",
                "Redis",
                "requests",
                Kind.COUNTED.toString(),
                Kind.UNCOUNTED.toString(),
                Kind.OVER_LIMIT.toString(),
                Kind.ERROR.toString(),
                "p50, ms",
                "p99, ms",
                "most, ms");
    for (Outage outage : outages) {
      for (Phase phase : Phase.values()) {
        Latencies latencies = outage.latencies(phase);
        table.row(
            phase == Phase.BEFORE ? outage.name() : "",
            phase.toString(),
            Integer.toString(latencies.count()),
            Long.toString(outage.count(phase, Kind.COUNTED)),
            Long.toString(outage.count(phase, Kind.UNCOUNTED)),
            Long.toString(outage.count(phase, Kind.OVER_LIMIT)),
            Long.toString(outage.count(phase, Kind.ERROR)),
            millis(latencies, 50),
            millis(latencies, 99),
            millis(latencies, 100));
      }
    }
    return table;
  }

  private static String millis(Latencies latencies, double percent) {
    return latencies.count() == 0
        ? ""
        : String.format(Locale.ROOT, "%.1f", latencies.percentile(percent) / MILLI);
  }

  private Table consequences() {
    Table table =
        new Table()
            .row(
                "and",
                "normal again after",
                "resident before, MiB",
                "at most",
                "afterwards",
                "requests",
                "answered as counted",
                "counted by Redis",
                "twice at least");
    for (Outage outage : outages) {
      table.row(
          outage.name(),
          outage
              .untilNormal()
              .map(time -> String.format(Locale.ROOT, "%.1f s", time.toMillis() / MILLI))
              .orElse("not in the run"),
          Long.toString(outage.memory().before()),
          Long.toString(outage.memory().most()),
          Long.toString(outage.memory().after()),
          Integer.toString(outage.answers().size()),
          Long.toString(outage.answeredAsCounted()),
          Long.toString(outage.countedByRedis()),
          Long.toString(outage.countedTwiceAtLeast()));
    }
    return table;
  }

  private String summary() {
    return String.format(
        Locale.ROOT,
        "Redis was stopped for %s s under %,d requests a second",
        options.stop().toMillis() / MILLI,
        options.rate());
  }

  /** For programs: one line. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rate", options.rate()).put("stop_seconds", options.stop().toMillis() / MILLI);
    ObjectNode services = json.putObject("services");
    for (Outage outage : outages) {
      put(services.putObject(outage.name()), outage);
    }
    return json.toString();
  }

  private static void put(ObjectNode service, Outage outage) {
    for (Phase phase : Phase.values()) {
      Latencies latencies = outage.latencies(phase);
      ObjectNode entry = service.putObject(phase.toString()).put("requests", latencies.count());
      for (Kind kind : Kind.values()) {
        entry.put(kind.name().toLowerCase(Locale.ROOT), outage.count(phase, kind));
      }
      if (latencies.count() > 0) {
        entry.put("p50_micros", latencies.percentile(50));
        entry.put("p99_micros", latencies.percentile(99));
        entry.put("most_micros", latencies.percentile(100));
      }
    }
    outage
        .untilNormal()
        .ifPresent(time -> service.put("seconds_until_normal", time.toMillis() / MILLI));
    service
        .putObject("resident_mib")
        .put("before", outage.memory().before())
        .put("most", outage.memory().most())
        .put("after", outage.memory().after());
    service
        .put("requests", outage.answers().size())
        .put("answered_as_counted", outage.answeredAsCounted())
        .put("counted_by_redis", outage.countedByRedis())
        .put("counted_twice_at_least", outage.countedTwiceAtLeast());
  }
}
