package dev.sluice.ratelimit;

/** What a request gets that cannot be counted, because the counters do not answer. */
public enum OutageAnswer {
  /** An error, whereupon Envoy's {@code failure_mode_deny} decides. */
  ERROR,

  /** It passes. */
  OPEN,

  /** It is over its limits. */
  CLOSED,

  /** This replica counts by itself, up to its share of each limit. */
  SHARE
}
