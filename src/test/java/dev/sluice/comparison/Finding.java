package dev.sluice.comparison;

/**
 * Where the two servers differ, and should not.
 *
 * @param situation its name; empty when it is nobody's
 * @param what was compared
 */
public record Finding(String situation, String what, String reference, String sluice) {
  @Override
  public String toString() {
    return """
        %s: %s
          envoyproxy/ratelimit: %s
          Sluice:               %s"""
        .formatted(situation, what, reference, sluice);
  }
}
