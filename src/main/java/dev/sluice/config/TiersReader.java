package dev.sluice.config;

import dev.sluice.config.DeclaredTier.Entry;
import dev.sluice.config.DeclaredTier.EveryBlock;
import dev.sluice.config.DeclaredTier.Inherited;
import dev.sluice.config.DeclaredTier.Overriding;
import dev.sluice.config.DeclaredTier.SomeModels;
import dev.sluice.config.DeclaredTier.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code serviceTiers}, of one file or of several. */
final class TiersReader {
  private static final String INHERITS = "inherits";
  private static final String OVERRIDES = "overrides";
  private static final String BLOCKS = "blocks";

  private final Map<String, DeclaredTier> declared = new LinkedHashMap<>();

  /** The tiers, as they are written, in the order of the files. */
  Map<String, DeclaredTier> declared() {
    return declared;
  }

  void read(Field serviceTiers) {
    // A misspelt key would make a limit vanish; an unknown one may be of a later version.
    serviceTiers.misspellingsAreErrors().read(fields -> fields.all().forEach(this::tier));
  }

  private void tier(String name, Field field) {
    DeclaredTier earlier = declared.get(name);
    if (earlier != null) {
      field.error("this tier stands twice, first at " + earlier.field().place() + "; remove one");
      return;
    }
    if (name.isBlank()) {
      field.error("a tier needs a name");
      return;
    }
    field.isName(name);
    BlockReader reader = new BlockReader(name);
    List<Entry> entries = new ArrayList<>();
    if (field.isMapping()) {
      field.read(fields -> whole(fields, field, reader, entries));
    } else {
      entries(field.itemsOrMap(), reader, BlockValues.NONE, entries);
    }
    declared.put(name, new DeclaredTier(name, field, entries));
  }

  /** A tier that is written as a map: one block, or what another has, or blocks with defaults. */
  private static void whole(Fields fields, Field tier, BlockReader reader, List<Entry> entries) {
    if (!fields.has(BLOCKS)) {
      fields.ignore(BLOCKS);
      entry(fields, tier, reader, BlockValues.NONE).ifPresent(entries::add);
      return;
    }
    for (String other : List.of("models", INHERITS, OVERRIDES)) {
      if (fields.has(other)) {
        fields.field(other).error("stands beside blocks; put it into one of the blocks");
      }
    }
    entries(fields.field(BLOCKS).items(), reader, reader.values(fields), entries);
  }

  private static void entries(
      List<Field> items, BlockReader reader, BlockValues ofTier, List<Entry> entries) {
    for (Field item : items) {
      item.required().map(f -> entry(f, item, reader, ofTier)).ifPresent(entries::add);
    }
  }

  private static Optional<Entry> entry(
      Fields fields, Field item, BlockReader reader, BlockValues ofTier) {
    if (fields.has(INHERITS) || fields.has(OVERRIDES)) {
      return inherited(fields, reader);
    }
    fields.ignore(INHERITS, OVERRIDES);
    return written(fields, reader, ofTier.over(reader.defaults(item))).map(block -> block);
  }

  private static Optional<Written> written(
      Fields fields, BlockReader reader, BlockValues otherwise) {
    Map<String, Field> models = reader.models(fields.field("models").required());
    BlockValues values = reader.values(fields).over(otherwise);
    return models.isEmpty() ? Optional.empty() : Optional.of(new Written(models, values));
  }

  private static Optional<Entry> inherited(Fields fields, BlockReader reader) {
    fields.ignore(BLOCKS);
    for (String other : BlockReader.KEYS) {
      if (fields.has(other)) {
        fields
            .field(other)
            .error("stands beside inherits, where nothing but overrides changes; put it there");
      }
    }
    Field base = fields.field(INHERITS);
    Field overrides = fields.field(OVERRIDES);
    if (!base.isPresent()) {
      overrides.error("needs inherits beside it, the tier of which it overrides fields");
    }
    Overriding overriding = overriding(overrides, reader);
    return base.text().map(name -> new Inherited(name, base, overriding));
  }

  private static Overriding overriding(Field overrides, BlockReader reader) {
    if (overrides.isMapping()) {
      return overrides.map(
          fields -> {
            Field models = fields.field("models");
            return new EveryBlock(
                models.isPresent() ? reader.models(models.required()) : Map.of(),
                reader.values(fields));
          });
    }
    List<Written> parts = new ArrayList<>();
    for (Field item : overrides.itemsOrMap()) {
      item.required().map(f -> written(f, reader, BlockValues.NONE)).ifPresent(parts::add);
    }
    return new SomeModels(parts);
  }
}
