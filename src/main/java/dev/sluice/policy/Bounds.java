package dev.sluice.policy;

import java.util.OptionalLong;

/**
 * How much one request may ask for; empty is unbounded.
 *
 * @param maxBatchSize choices, prompts or inputs; at least 1
 * @param maxOutputTokens of one choice; at least 1
 * @param shadow as that of a {@link Limit}
 */
public record Bounds(OptionalLong maxBatchSize, OptionalLong maxOutputTokens, boolean shadow) {
  public static final Bounds NONE = new Bounds(OptionalLong.empty(), OptionalLong.empty());

  public Bounds {
    if (maxBatchSize.orElse(1) < 1) {
      throw new IllegalArgumentException("maxBatchSize must be 1 or more: " + maxBatchSize);
    }
    if (maxOutputTokens.orElse(1) < 1) {
      throw new IllegalArgumentException("maxOutputTokens must be 1 or more: " + maxOutputTokens);
    }
  }

  /** Those that are enforced. */
  public Bounds(OptionalLong maxBatchSize, OptionalLong maxOutputTokens) {
    this(maxBatchSize, maxOutputTokens, false);
  }
}
