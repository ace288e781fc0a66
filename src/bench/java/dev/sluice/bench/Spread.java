package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** One figure of several rounds. */
record Spread(double median, double min, double max) {
  static Spread of(DoubleStream rounds) {
    double[] sorted = rounds.sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** {@code median (min – max)}. */
  String text(int decimals) {
    String number = "%." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + " – " + number + ")", median, min, max);
  }

  /** Adds it to an object of JSON. */
  void putInto(ObjectNode parent, String field) {
    parent.putObject(field).put("median", median).put("min", min).put("max", max);
  }
}
