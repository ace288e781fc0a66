package dev.sluice.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A service tier: a list of blocks, so that one tier can give different models different limits.
 *
 * @param blocks in the order of the file; a model that stands in several belongs to the first
 */
public record Tier(String name, List<Block> blocks) {
  /** The tier of whoever was given none. */
  public static final String FREE = "free";

  public Tier {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a tier needs a name");
    }
    blocks = List.copyOf(blocks);
  }

  /** The block that holds for a model; empty when this tier does not list the model. */
  public Optional<Block> block(String model) {
    for (Block block : blocks) {
      if (block.models().contains(model)) {
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  /** The models of all blocks, sorted by name. */
  public Set<String> models() {
    Set<String> models = new TreeSet<>();
    for (Block block : blocks) {
      models.addAll(block.models());
    }
    return models;
  }
}
