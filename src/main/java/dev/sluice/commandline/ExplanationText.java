package dev.sluice.commandline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.account.Names;
import dev.sluice.edge.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An explanation for people: the fields of its JSON that they read. */
final class ExplanationText {
  private static final int WIDTH = 120;

  private ExplanationText() {}

  static List<String> lines(JsonNode explanation) {
    List<String> lines = new ArrayList<>();
    String status = explanation.path("status").asText("");
    lines.add(
        field(
            "decision",
            text(explanation, "decision")
                + (status.isEmpty() ? unlessUnknown(explanation) : ", " + status)));
    if (explanation.has("message")) {
      lines.add(field("client", text(explanation, "message")));
    }
    lines.add(
        field(
            "key",
            "%s of %s, user %s, project %s"
                .formatted(
                    text(explanation, "key"),
                    text(explanation, "organization"),
                    text(explanation, "user"),
                    text(explanation, "project"))));
    lines.add(field("model", text(explanation, "model")));
    lines.add(
        field(
            "at",
            text(explanation, "at")
                + (text(explanation, "at").equals(text(explanation, "limitsAt"))
                    ? ""
                    : "; limits as of now, " + text(explanation, "limitsAt"))));
    lines.add("");
    TextTable table = new TextTable(List.of("STEP", "VERDICT", "WHAT"));
    for (JsonNode step : explanation.path("steps")) {
      List<String> what = new ArrayList<>(List.of(text(step, "what")));
      step.path("limits")
          .forEach(limit -> what.add(text(limit, "verdict") + ": " + limit(limit) + from(limit)));
      table.row(List.of(text(step, "step"), text(step, "verdict"), String.join("\n", what)));
    }
    lines.addAll(table.lines(WIDTH));
    return lines;
  }

  private static String unlessUnknown(JsonNode explanation) {
    boolean unknown = false;
    for (JsonNode step : explanation.path("steps")) {
      unknown |= text(step, "verdict").equals("unknown");
    }
    return unknown ? ", unless a step refuses that is unknown here" : "";
  }

  /** How a limit stands. */
  static String limit(JsonNode limit) {
    String part =
        limit.has("model")
            ? " on " + text(limit, "model")
            : limit.has("block")
                ? " on the block of " + text(limit, "block")
                : limit.has("tier") ? " on the tier " + text(limit, "tier") : "";
    return "%s %s for %s%s %s%s: used %s, %s left%s%s"
        .formatted(
            text(limit, "limit"),
            text(limit, "type").equals("endUsers")
                ? "end users at a time"
                : limit.has("periodSeconds")
                    ? "requests per " + Durations.period(seconds(limit, "periodSeconds"))
                    : "requests at once",
            limit.has("per") ? "each end user of " : "",
            text(limit, "scope"),
            text(limit, "id"),
            part,
            text(limit, "used"),
            text(limit, "remaining"),
            room(limit),
            limit.path("resetSeconds").asDouble() > 0
                ? ", unused again in " + Durations.compact(seconds(limit, "resetSeconds"))
                : "");
  }

  private static String room(JsonNode limit) {
    if (limit.path("remaining").asLong() > 0) {
      return "";
    }
    return limit.has("retryAfterSeconds")
        ? ", room for one in " + Durations.compact(seconds(limit, "retryAfterSeconds"))
        : ", never room";
  }

  private static Duration seconds(JsonNode limit, String field) {
    return Duration.ofMillis(Math.round(limit.path(field).asDouble() * 1000));
  }

  private static String from(JsonNode limit) {
    return text(limit, "from").equals("tier") ? " (of the tier)" : "";
  }

  private static String field(String name, String value) {
    return TerminalText.pad(name, 10) + value;
  }

  private static String text(JsonNode node, String field) {
    return Names.line(node.path(field).asText());
  }
}
