package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;

/** Writes down what it is told. */
final class Told implements RateLimitMetrics {
  final List<String> lines = new ArrayList<>();
  final List<HitCounts> hits = new ArrayList<>();

  @Override
  public void counted(Rule rule, List<String> path, HitCounts counts) {
    lines.add(rule.domain() + "." + String.join(".", path) + " " + counts.total() + " hits");
    hits.add(counts);
  }

  @Override
  public void unavailable(OutageAnswer policy) {
    lines.add("unavailable: " + policy);
  }

  @Override
  public void refused(InvalidQuery why) {
    lines.add(String.valueOf(why.getMessage()));
  }

  @Override
  public void unknownDomain() {
    lines.add("unknown domain");
  }

  @Override
  public void shadowed() {
    lines.add("shadowed");
  }
}
