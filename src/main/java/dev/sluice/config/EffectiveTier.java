package dev.sluice.config;

import dev.sluice.config.BlockValues.Rates;
import dev.sluice.config.BlockValues.Value;
import dev.sluice.policy.Block;
import dev.sluice.policy.Bounds;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.Tier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A tier with all that it inherits. No model stands in two of its blocks. */
record EffectiveTier(String name, Field field, List<EffectiveBlock> blocks) {
  EffectiveTier {
    blocks = List.copyOf(blocks);
  }

  /**
   * A block.
   *
   * @param models with their places, in the order of the file
   * @param listedBy the tier that lists the models
   * @param inherits where this tier names its base; empty for a block of its own
   * @param values all but the bounds are there
   */
  record EffectiveBlock(
      Map<String, Field> models, String listedBy, Optional<Field> inherits, BlockValues values) {
    EffectiveBlock {
      models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }

    EffectiveBlock with(BlockValues other) {
      return new EffectiveBlock(models, listedBy, inherits, other);
    }

    EffectiveBlock of(Map<String, Field> other) {
      return new EffectiveBlock(other, listedBy, inherits, values);
    }

    String qos() {
      return values.qos().orElseThrow().value();
    }

    Rates rates() {
      return values.rates().orElseThrow().value();
    }

    RateScope scope() {
      return values.scope().orElseThrow().value();
    }

    Field ratesPlace() {
      return values.rates().orElseThrow().field();
    }

    Field scopePlace() {
      return values.scope().orElseThrow().field();
    }

    Field qosPlace() {
      return values.qos().orElseThrow().field();
    }

    /** The same, and nothing but its queueDepth is enforced. */
    EffectiveBlock inShadow(String tier, Field place) {
      Optional<Value<Boolean>> shadow = Optional.of(new Value<>(true, tier, place, false));
      return with(
          new BlockValues(
              values.qos(),
              values.queueDepth(),
              values.rates(),
              values.maxBatchSize(),
              values.maxOutputTokens(),
              values.scope(),
              shadow));
    }

    Block block() {
      boolean shadow = values.shadow().orElseThrow().value();
      Rates limiting = shadow ? rates().inShadow() : rates();
      return new Block(
          models.keySet(),
          qos(),
          values.queueDepth().orElseThrow().value(),
          limiting.requests(),
          limiting.tokens(),
          new Bounds(bound(values.maxBatchSize()), bound(values.maxOutputTokens()), shadow),
          scope());
    }

    private static OptionalLong bound(Optional<Value<Long>> value) {
      return value.isPresent() ? OptionalLong.of(value.get().value()) : OptionalLong.empty();
    }
  }

  Tier tier() {
    return new Tier(name, blocks.stream().map(EffectiveBlock::block).toList());
  }

  /**
   * The same, and nothing of it but the depth of its queues is enforced.
   *
   * @param place that says so
   */
  EffectiveTier inShadow(Field place) {
    return new EffectiveTier(
        name, field, blocks.stream().map(block -> block.inShadow(name, place)).toList());
  }

  /** Where a model stands; empty when this tier does not list it. */
  Optional<Field> place(String model) {
    return blocks.stream()
        .flatMap(b -> Optional.ofNullable(b.models().get(model)).stream())
        .findFirst();
  }
}
