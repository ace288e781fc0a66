package dev.sluice.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * What is measured.
 *
 * @param grpc host and port
 * @param http its base URL; empty where there is none
 * @param process whose CPU time counts; empty when it is not known
 * @param redis its own; empty when it has none, or it is not known
 */
record EdgeTarget(
    Kind kind,
    String grpc,
    String http,
    Optional<ProcessHandle> process,
    Optional<ProcessHandle> redis) {
  /** Who answers. */
  enum Kind {
    NO_OP("no-op"),
    SLUICE("Sluice"),
    REFERENCE("envoyproxy/ratelimit"),
    RIVAL("rival");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** For programs. */
    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
