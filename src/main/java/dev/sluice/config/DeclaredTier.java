package dev.sluice.config;

import java.util.List;
import java.util.Map;

/** A tier as it is written, before it has what it inherits. */
record DeclaredTier(String name, Field field, List<Entry> entries) {
  DeclaredTier {
    entries = List.copyOf(entries);
  }

  /** A part of a tier. */
  sealed interface Entry {}

  /**
   * A block that is written out, with its defaults.
   *
   * @param models at least one, with their places
   */
  record Written(Map<String, Field> models, BlockValues values) implements Entry {}

  /**
   * All blocks of another tier, but for what is overridden.
   *
   * @param place of the base's name
   */
  record Inherited(String base, Field place, Overriding overriding) implements Entry {}

  /** What is said otherwise than in the base. */
  sealed interface Overriding {}

  /**
   * The same for every block.
   *
   * @param models instead of those of the base; empty for those of the base
   */
  record EveryBlock(Map<String, Field> models, BlockValues values) implements Overriding {}

  /** For some models each. */
  record SomeModels(List<Written> parts) implements Overriding {}
}
