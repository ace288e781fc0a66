package dev.sluice.admission;

import dev.sluice.account.Standing;
import dev.sluice.policy.Block;
import dev.sluice.policy.ModelAccess;
import dev.sluice.policy.Retirement;
import dev.sluice.policy.Tier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one rule says of a request, whatever those before it say. */
public sealed interface Step {
  /** Why this rule would refuse; empty when it would not, or cannot say. */
  Optional<Refusal> refusal();

  /** Why it would refuse if it were not in shadow. */
  default Optional<Refusal> wouldRefuse() {
    return Optional.empty();
  }

  /** Whether the key is honoured. */
  record OfKey(Standing standing, Optional<Refusal> refusal) implements Step {}

  /** Whether it may be used from there. */
  record OfNetworks(Optional<Refusal> refusal) implements Step {}

  /** Whether it may be used to have models run. */
  record OfPermission(Optional<Refusal> refusal) implements Step {}

  /**
   * Which tier holds. Refuses nothing by itself.
   *
   * @param found empty when the configuration has no such tier
   */
  record OfTier(Optional<Tier> found) implements Step {
    @Override
    public Optional<Refusal> refusal() {
      return Optional.empty();
    }
  }

  /**
   * Whether the tier may call the model.
   *
   * @param systemTiers that list the model
   * @param nameAtBackend what it is called there
   */
  record OfModel(
      ModelAccess access,
      Set<String> systemTiers,
      Optional<Retirement> retirement,
      String nameAtBackend,
      Optional<Refusal> refusal)
      implements Step {
    public OfModel {
      systemTiers = Set.copyOf(systemTiers);
    }
  }

  /** Whether the key may call it. */
  record OfKeyModels(Optional<Refusal> refusal) implements Step {}

  /**
   * Whether the request asks for no more than one may.
   *
   * @param block empty when the tier does not list the model: then nothing can be said
   */
  record OfBounds(Optional<Block> block, Optional<Refusal> refusal, Optional<Refusal> wouldRefuse)
      implements Step {}

  /**
   * Whether the limits have room.
   *
   * @param ofTier those of the tier; none when it does not list the model
   * @param own those of key, user, project and organization, in this order
   */
  record OfLimits(
      List<EvaluatedLimit> ofTier,
      List<EvaluatedLimit> own,
      Optional<Refusal> refusal,
      Optional<Refusal> wouldRefuse)
      implements Step {
    public OfLimits {
      ofTier = List.copyOf(ofTier);
      own = List.copyOf(own);
    }
  }

  /**
   * Whether there is a slot, or a place to wait for one.
   *
   * @param place empty when the tier does not list the model: then nothing can be said
   */
  record OfQueue(Optional<Place> place, Optional<Refusal> refusal) implements Step {}

  /** Where a request would wait. */
  record Place(String qos, int queueDepth, Queues.View queue) {}
}
