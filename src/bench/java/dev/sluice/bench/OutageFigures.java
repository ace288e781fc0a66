package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.bench.Outage.Kind;
import dev.sluice.bench.Outage.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an outage of Redis did to each of the services that were measured. */
record OutageFigures(OutageBench.Options options, List<Outage> outages) {
  private static final double MILLI = 1e3;
  private static final double[] PERCENTS = {50, 99, 100};

  OutageFigures {
    outages = List.copyOf(outages);
  }

  /** For people. */
  String table() {
    return answers() + "\n" + consequences() + "\n" + summary();
  }

  private Table answers() {
    List<String> head = new ArrayList<>(List.of("answers", "Redis", "requests"));
    for (Kind kind : Kind.values()) {
      head.add(id(kind).replace('_', ' '));
    }
    head.addAll(List.of("p50, ms", "p99, ms", "most, ms"));
    Table table = new Table().row(head);
    for (Outage outage : outages) {
      for (Phase phase : Phase.values()) {
        table.row(answers(outage, phase));
      }
    }
    return table;
  }

  private static List<String> answers(Outage outage, Phase phase) {
    Latencies latencies = outage.latencies(phase);
    List<String> row = new ArrayList<>();
    row.add(phase == Phase.BEFORE ? outage.name() : "");
    row.add(id(phase));
    row.add(Integer.toString(latencies.count()));
    for (Kind kind : Kind.values()) {
      row.add(Long.toString(outage.count(phase, kind)));
    }
    for (double percent : PERCENTS) {
      row.add(millis(latencies, percent));
    }
    return row;
  }

  /** For programs, and nearly for people. */
  private static String id(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
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
      ObjectNode entry = service.putObject(id(phase)).put("requests", latencies.count());
      for (Kind kind : Kind.values()) {
        entry.put(id(kind), outage.count(phase, kind));
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
