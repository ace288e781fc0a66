package dev.sluice.admission;

import dev.sluice.policy.Limit;

/** A limit and what it is counted over. */
public record ScopedLimit(Scope scope, Limit limit) {}
