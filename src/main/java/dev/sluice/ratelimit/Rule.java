package dev.sluice.ratelimit;

import java.util.List;
import java.util.Optional;

/**
 * What a descriptor is held to.
 *
 * @param key as envoyproxy/ratelimit names it in its statistics: {@code domain.a_1.b}; of a limit
 *     that the request brought, {@code domain.(override)}
 * @param limit empty when it is unlimited
 * @param name by which other rules replace it; empty when they cannot
 * @param replaces the names of rules that do not count beside this one
 * @param shadow whether it counts but never refuses
 * @param quota whether it refuses only when all quotas of the request are over
 */
public record Rule(
    String domain,
    String key,
    Optional<Limit> limit,
    String name,
    List<String> replaces,
    boolean shadow,
    boolean quota) {
  public Rule {
    replaces = List.copyOf(replaces);
  }

  /** A limit that the request brought: it has no name and no mode. */
  static Rule override(String domain, Limit limit) {
    return new Rule(
        domain, domain + ".(override)", Optional.of(limit), "", List.of(), false, false);
  }
}
