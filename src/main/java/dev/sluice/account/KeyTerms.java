package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an administrator says of a key, and may change later.
 *
 * @param environment where it is used: {@code prod}, {@code staging}, {@code dev}, ...
 * @param models those it may call, of those that its tier allows; empty: all of them
 * @param networks those it may be used from; empty: from anywhere
 * @param tier the key's own, before that of its user, project and organization
 * @param limits over all requests with the key
 * @param expires from this instant on the key is refused
 */
public record KeyTerms(
    String name,
    String environment,
    Set<Permission> permissions,
    Set<String> models,
    Set<Network> networks,
    Optional<String> tier,
    OwnLimits limits,
    Optional<Instant> expires) {
  /** Where a key is used of which nothing is said. */
  public static final String ENVIRONMENT = "prod";

  /** A bound for what every decision about the key carries along. */
  private static final int MOST = 100;

  public KeyTerms {
    Names.require("name", name);
    Ids.requireEnvironment(environment);
    Ids.requireTier(tier);
    permissions = sorted(permissions);
    models = bounded("models", models);
    models.forEach(model -> Names.require("models", model));
    networks = bounded("networks", networks);
    Names.requireModels(limits);
  }

  /** The usual: inference in production, for ever. */
  public static KeyTerms named(String name) {
    return new KeyTerms(
        name,
        ENVIRONMENT,
        Permission.DEFAULT,
        Set.of(),
        Set.of(),
        Optional.empty(),
        OwnLimits.NONE,
        Optional.empty());
  }

  /** Whether it may call a model that its tier allows. */
  public boolean allows(String model) {
    return models.isEmpty() || models.contains(model);
  }

  public KeyTerms withTier(Optional<String> other) {
    return new KeyTerms(name, environment, permissions, models, networks, other, limits, expires);
  }

  public KeyTerms withExpiry(Optional<Instant> other) {
    return new KeyTerms(name, environment, permissions, models, networks, tier, limits, other);
  }

  public KeyTerms withPermissions(Set<Permission> others) {
    return new KeyTerms(name, environment, others, models, networks, tier, limits, expires);
  }

  public KeyTerms withModels(Set<String> others) {
    return new KeyTerms(name, environment, permissions, others, networks, tier, limits, expires);
  }

  public KeyTerms withNetworks(Set<Network> others) {
    return new KeyTerms(name, environment, permissions, models, others, tier, limits, expires);
  }

  public KeyTerms withLimits(OwnLimits others) {
    return new KeyTerms(name, environment, permissions, models, networks, tier, others, expires);
  }

  private static <T extends Comparable<? super T>> Set<T> bounded(String field, Set<T> set) {
    if (set.size() > MOST) {
      throw new InvalidRecord(field, "there may be " + MOST + ", not " + set.size());
    }
    return sorted(set);
  }

  /** In one order, so that equal terms are written alike. */
  private static <T extends Comparable<? super T>> Set<T> sorted(Set<T> set) {
    return Collections.unmodifiableSet(new TreeSet<>(set));
  }
}
