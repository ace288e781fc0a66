package dev.sluice.queue;

import java.util.HashSet;
import java.util.List;

/**
 * The labels that a deployment serves, in strict order of priority: a later one is served only when
 * none of an earlier one waits ({@code qosList} of the vendor; there is no aging).
 */
public record QosList(List<String> labels) {
  public QosList {
    labels = List.copyOf(labels);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("a qosList needs at least one label");
    }
    if (new HashSet<>(labels).size() != labels.size()) {
      throw new IllegalArgumentException("a label stands twice in the qosList " + labels);
    }
  }
}
