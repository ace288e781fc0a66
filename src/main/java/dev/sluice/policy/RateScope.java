package dev.sluice.policy;

import java.util.Locale;

/** What the rates of a block count together, for one user. */
public enum RateScope {
  /** Each model on its own, as the vendor does. */
  MODEL,

  /** All models of the block. */
  BLOCK,

  /** The models of all blocks of the tier that say so. */
  TIER;

  /** As it is written in the file. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
