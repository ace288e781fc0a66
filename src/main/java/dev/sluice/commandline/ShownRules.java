package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Names;
import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.Rule;
import dev.sluice.ratelimit.RuleTree;
import dev.sluice.ratelimit.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How descriptor rules look on a terminal and in JSON. */
public record ShownRules(RuleTree rules) {
  private static final List<String> HEAD = List.of("DOMAIN", "DESCRIPTOR", "LIMIT", "MORE");

  /** As lines of text. */
  public List<String> lines(int mostColumns) {
    TextTable table = new TextTable(HEAD);
    String before = "";
    for (Rule rule : rules.rules()) {
      table.row(
          List.of(
              rule.domain().equals(before) ? "" : Names.line(rule.domain()),
              Names.line(String.join(" > ", rule.path())),
              rule.limit().map(ShownRules::limit).orElse("unlimited"),
              Names.line(String.join(", ", more(rule)))));
      before = rule.domain();
    }
    return table.lines(mostColumns);
  }

  /** Adds {@code rules}. */
  public void addTo(ObjectNode root) {
    ArrayNode all = root.putArray("rules");
    for (Rule rule : rules.rules()) {
      ObjectNode node = all.addObject();
      node.put("domain", rule.domain());
      rule.path().forEach(node.putArray("descriptor")::add);
      rule.limit()
          .ifPresent(
              limit ->
                  node.put("requests", limit.requests())
                      .put("periodSeconds", limit.seconds())
                      .put("algorithm", limit.algorithm().name().toLowerCase(Locale.ROOT)));
      more(rule).forEach(node.putArray("more")::add);
    }
  }

  private static String limit(Limit limit) {
    return limit.requests()
        + " per "
        + Unit.bySeconds(limit.seconds())
            .map(unit -> unit.name().toLowerCase(Locale.ROOT))
            .orElse(limit.seconds() + " s");
  }

  private static List<String> more(Rule rule) {
    List<String> more = new ArrayList<>();
    rule.limit()
        .filter(limit -> limit.algorithm() == Algorithm.ROLLING)
        .ifPresent(limit -> more.add("rolling"));
    if (rule.shadow()) {
      more.add("in shadow");
    }
    if (rule.quota()) {
      more.add("quota");
    }
    if (!rule.name().isEmpty()) {
      more.add("named " + rule.name());
    }
    if (!rule.replaces().isEmpty()) {
      more.add("replaces " + String.join(" ", rule.replaces()));
    }
    return more;
  }
}
