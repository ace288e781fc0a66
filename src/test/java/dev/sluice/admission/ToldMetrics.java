package dev.sluice.admission;

import java.util.ArrayList;
import java.util.List;

/** Writes down what is told. */
final class ToldMetrics implements OutageMetrics {
  final List<String> told = new ArrayList<>();

  @Override
  public void withoutStore(boolean now) {
    told.add(now ? "without" : "with");
  }

  @Override
  public void decidedWithoutStore(String outcome) {
    told.add(outcome);
  }

  @Override
  public void neverCounted() {
    told.add("never counted");
  }
}
