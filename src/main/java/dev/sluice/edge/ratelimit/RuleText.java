package dev.sluice.edge.ratelimit;

import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.Rule;
import dev.sluice.ratelimit.Unit;

/** Rules as lines of text. */
public final class RuleText {
  private RuleText() {}

  /** As envoyproxy/ratelimit prints it. */
  public static String line(Rule rule) {
    return "%s: %s, shadow_mode: %s, quota_mode: %s%s"
        .formatted(
            rule.key(),
            rule.limit().map(RuleText::limit).orElse("unit=UNKNOWN requests_per_unit=0"),
            rule.shadow(),
            rule.quota(),
            rule.limit().filter(limit -> limit.algorithm() == Algorithm.ROLLING).isPresent()
                ? ", algorithm: rolling"
                : "");
  }

  static String limit(Limit limit) {
    String length =
        Unit.bySeconds(limit.seconds())
            .map(unit -> "unit=" + unit)
            .orElse("period=" + limit.seconds() + "s");
    return length + " requests_per_unit=" + limit.requests();
  }
}
