package dev.sluice.consistency;

import java.util.function.UnaryOperator;

/**
 * A way to ask a replica about a key.
 *
 * @param kind a script confirms what is {@link Kind#COUNTED}; else records may be half a second old
 * @param verdict what is said of the text of a key: the status, and what else tells it from others
 */
record Way(String name, Kind kind, UnaryOperator<String> verdict) {
  /** What is asked for. */
  enum Kind {
    /** A chat completion, with all that belongs to a decision. */
    COUNTED,
    /** Who the key is, by a door in front of a gateway. */
    FRONT,
    /** The list of models. */
    MODELS
  }

  @Override
  public String toString() {
    return name;
  }
}
