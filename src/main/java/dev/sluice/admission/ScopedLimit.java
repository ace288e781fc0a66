package dev.sluice.admission;

import dev.sluice.policy.Limit;

/** A limit and what it is counted over. */
public record ScopedLimit(Scope scope, Limit limit) {
  /** Whether it is only looked at; see {@link Limit#shadow}. */
  public boolean shadow() {
    return limit.shadow();
  }
}
