package dev.sluice.edge.ratelimit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ratelimit.Descriptor;
import dev.sluice.ratelimit.ExplainedQuery;
import dev.sluice.ratelimit.ExplainedQuery.Counter;
import dev.sluice.ratelimit.ExplainedQuery.Part;
import dev.sluice.ratelimit.Met;
import dev.sluice.ratelimit.RuleOrigin;
import dev.sluice.ratelimit.Verdict.Status;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An explanation of a query as JSON: of each descriptor the rule that it met, or why it met none,
 * in a sentence and in facts for programs; then what holds for all.
 */
final class ExplainedQueryJson {
  private final ExplainedQuery explained;

  ExplainedQueryJson(ExplainedQuery explained) {
    this.explained = explained;
  }

  ObjectNode write(String domain) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("domain", domain);
    root.put("at", explained.at().toString());
    root.put("shadowMode", explained.options().shadow());
    root.put("quotaMode", explained.options().quota());
    explained
        .unanswered()
        .ifPresent(
            why -> {
              root.put("redis", Failure.line(why));
              root.put("outage", explained.options().outage().name().toLowerCase(Locale.ROOT));
            });
    ArrayNode descriptors = root.putArray("descriptors");
    for (int i = 0; i < explained.parts().size(); i++) {
      int place = i;
      part(
          explained.parts().get(i),
          explained.verdict().map(verdict -> verdict.statuses().get(place)),
          domain,
          descriptors.addObject());
    }
    return root;
  }

  private void part(Part part, Optional<Status> status, String domain, ObjectNode json) {
    ArrayNode entries = json.putArray("entries");
    part.descriptor().entries().forEach(entry -> entries.add(text(entry)));
    json.put("hits", part.hits());
    Met met = part.met() instanceof Met.ByRequest own ? own.bypassed() : part.met();
    if (met instanceof Met.ByRule rule) {
      json.put("rule", RuleText.line(rule.rule()));
      json.put("shadow", rule.rule().shadow());
      json.put("quota", rule.rule().quota());
    }
    origin(met).ifPresent(origin -> json.put("file", origin.file()).put("line", origin.line()));
    json.put("met", name(part.met()));
    json.put("what", sentence(part.met(), domain));
    part.counter().ifPresent(counter -> counter(counter, json.putObject("counter")));
    status.ifPresent(
        its -> {
          json.put("code", its.overLimit() ? "OVER_LIMIT" : "OK");
          json.put("would", would(part, its));
        });
  }

  private static void counter(Counter counter, ObjectNode json) {
    json.put("key", counter.key());
    counter.value().ifPresent(value -> json.put(counter.atLeast() ? "atLeast" : "value", value));
    json.put("limit", counter.limit().requests());
    json.put("algorithm", counter.limit().algorithm().name().toLowerCase(Locale.ROOT));
    json.put("seconds", counter.limit().seconds());
    counter
        .window()
        .ifPresent(
            window ->
                json.put("start", window.start().toString()).put("end", window.end().toString()));
    counter
        .millisKnownOver()
        .ifPresent(millis -> json.put("localCacheOverForSeconds", millis / 1000.0));
  }

  private static Optional<RuleOrigin> origin(Met met) {
    if (met instanceof Met.ByRule rule) {
      return rule.origin();
    }
    return met instanceof Met.NoLimit none ? none.origin() : Optional.empty();
  }

  /** For programs. */
  private static String name(Met met) {
    if (met instanceof Met.UnknownDomain) {
      return "unknown_domain";
    } else if (met instanceof Met.NoEntries) {
      return "no_entries";
    } else if (met instanceof Met.NoLevel) {
      return "no_rule";
    } else if (met instanceof Met.NoLimit) {
      return "no_limit";
    } else if (met instanceof Met.ByRequest) {
      return "limit_of_request";
    }
    Met.ByRule rule = (Met.ByRule) met;
    if (rule.rule().limit().isEmpty()) {
      return "unlimited";
    }
    return rule.replacedBy().isEmpty() ? "rule" : "replaced";
  }

  private static String sentence(Met met, String domain) {
    if (met instanceof Met.UnknownDomain unknown) {
      return "no rules have the domain '" + domain + "'" + known("; domains are ", unknown.known());
    } else if (met instanceof Met.NoEntries) {
      return "it has no entries, so no rule is looked at";
    } else if (met instanceof Met.NoLevel none) {
      return "no rule matches %s at depth %d, below %s%s"
          .formatted(
              text(none.entry()),
              none.depth(),
              place(domain, none.path()),
              known("; known there are ", none.known()));
    } else if (met instanceof Met.NoLimit none) {
      return "it matches %s, which has no rate_limit: it passes and is not counted%s"
          .formatted(place(domain, none.path()), known("; below it are ", none.known()));
    } else if (met instanceof Met.ByRequest own) {
      return "the request brings a limit of its own, %s, in place of any rule"
          .formatted(RuleText.limit(own.limit()));
    }
    Met.ByRule rule = (Met.ByRule) met;
    String at = rule.origin().map(origin -> " (" + origin + ")").orElse("");
    if (rule.rule().limit().isEmpty()) {
      return "it matches " + rule.rule().key() + at + ", which is unlimited: it is not counted";
    } else if (!rule.replacedBy().isEmpty()) {
      return "it matches %s%s, which is replaced, as '%s', by %s: it passes and is not counted"
          .formatted(
              rule.rule().key(), at, rule.rule().name(), String.join(", ", rule.replacedBy()));
    }
    return "it matches " + rule.rule().key() + at;
  }

  private String would(Part part, Status status) {
    if (part.counter().isEmpty()) {
      return "pass";
    }
    Counter counter = part.counter().get();
    if (explained.unanswered().isPresent()) {
      return (status.overLimit() ? "be over the limit" : "pass") + ", by rateLimit.outage";
    }
    if (counter.millisKnownOver().isPresent()) {
      return (status.overLimit() ? "be over the limit" : "pass, in shadow,")
          + " by the local cache; Redis would not be asked";
    }
    if (status.overLimit()) {
      return "be over the limit";
    }
    boolean over = counter.value().orElse(0) + part.hits() > counter.limit().requests();
    return over && isShadow(part) ? "be over the limit, and pass in shadow" : "pass";
  }

  private static boolean isShadow(Part part) {
    return part.met() instanceof Met.ByRule rule && rule.rule().shadow();
  }

  private static String known(String before, List<String> names) {
    return names.isEmpty() ? "" : before + String.join(", ", names);
  }

  private static String place(String domain, List<String> path) {
    return path.isEmpty() ? domain : domain + "." + String.join(".", path);
  }

  private static String text(Descriptor.Entry entry) {
    return entry.key() + "=" + entry.value();
  }
}
