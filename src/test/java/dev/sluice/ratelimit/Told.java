package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;

/** Writes down what it is told. */
final class Told implements RateLimitMetrics {
  final List<String> lines = new ArrayList<>();

  @Override
  public void counted(Rule rule, long hits, long overLimit) {
    lines.add(rule.key() + " " + hits + " hits, " + overLimit + " over");
  }

  @Override
  public void failed(Rule rule, long hits) {
    lines.add(rule.key() + " " + hits + " failed");
  }

  @Override
  public void refused(InvalidQuery why) {
    lines.add(String.valueOf(why.getMessage()));
  }
}
