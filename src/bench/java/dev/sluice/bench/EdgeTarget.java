package dev.sluice.bench;

import java.util.Optional;

/**
 * What is measured.
 *
 * @param grpc host and port
 * @param http its base URL; empty where there is none
 * @param process whose CPU time counts; empty when it is not known
 */
record EdgeTarget(Kind kind, String grpc, String http, Optional<ProcessHandle> process) {
  /** Who answers. */
  enum Kind {
    NO_OP("no-op"),
    SLUICE("Sluice"),
    RIVAL("rival");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
