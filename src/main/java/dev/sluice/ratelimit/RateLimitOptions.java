package dev.sluice.ratelimit;

/**
 * What holds for all rules.
 *
 * @param keyPrefix what the name of every counter starts with
 * @param shadow whether no request is refused as a whole; the statuses still tell
 * @param quota whether every rule is a quota
 */
public record RateLimitOptions(String keyPrefix, boolean shadow, boolean quota) {
  /** No prefix, no mode. */
  public static final RateLimitOptions DEFAULTS = new RateLimitOptions("", false, false);
}
