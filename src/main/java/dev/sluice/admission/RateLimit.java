package dev.sluice.admission;

import dev.sluice.policy.Rate;

/** A rate and what it is counted over. */
public record RateLimit(Scope scope, Rate rate) {}
