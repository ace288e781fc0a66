package dev.sluice.ratelimit;

/**
 * What holds for all rules.
 *
 * @param keyPrefix what the name of every counter starts with
 * @param shadow whether no request is refused as a whole; the statuses still tell
 * @param quota whether every rule is a quota
 * @param nearLimitRatio from which part of a limit on hits count as near to it; 0 to 1
 * @param stopWhenOver whether a request that goes over one of its limits counts only there, and not
 *     in its other descriptors
 * @param outage what a request gets that cannot be counted
 */
public record RateLimitOptions(
    String keyPrefix,
    boolean shadow,
    boolean quota,
    float nearLimitRatio,
    boolean stopWhenOver,
    OutageAnswer outage) {
  /** No prefix, no mode, near from 80 percent on. */
  public static final RateLimitOptions DEFAULTS =
      new RateLimitOptions("", false, false, 0.8f, false, OutageAnswer.ERROR);

  public RateLimitOptions {
    if (!(nearLimitRatio >= 0 && nearLimitRatio <= 1)) {
      throw new IllegalArgumentException("nearLimitRatio must be 0 to 1: " + nearLimitRatio);
    }
  }

  /** In floating point of 32 bits, so that the figures are those of envoyproxy/ratelimit. */
  long nearThreshold(long limit) {
    return (long) Math.floor(limit * nearLimitRatio);
  }
}
