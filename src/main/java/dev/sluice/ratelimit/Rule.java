package dev.sluice.ratelimit;

import java.util.List;
import java.util.Optional;

/**
 * What a descriptor is held to.
 *
 * @param path the composite keys ({@code key_value}, or {@code key} alone) that lead to it, from
 *     the outermost; of a limit that the request brought, {@code (override)}
 * @param limit empty when it is unlimited
 * @param name by which other rules replace it; empty when they cannot
 * @param replaces the names of rules that do not count beside this one
 * @param shadow whether it counts but never refuses
 * @param quota whether it refuses only when all quotas of the request are over
 * @param detailedMetric whether each value that a request brings has statistics of its own
 * @param metadata for answers to requests that the rule let pass
 */
public record Rule(
    String domain,
    List<String> path,
    Optional<Limit> limit,
    String name,
    List<String> replaces,
    boolean shadow,
    boolean quota,
    boolean detailedMetric,
    Metadata.Fields metadata) {
  private static final List<String> OVERRIDE = List.of("(override)");

  public Rule {
    path = List.copyOf(path);
    replaces = List.copyOf(replaces);
  }

  /**
   * A limit that the request brought: it has no name and no mode. In statistics all of a domain are
   * one, because a request could bring any number of them.
   */
  static Rule override(String domain, Limit limit) {
    return new Rule(
        domain,
        OVERRIDE,
        Optional.of(limit),
        "",
        List.of(),
        false,
        false,
        false,
        Metadata.Fields.NONE);
  }

  /** As envoyproxy/ratelimit names it in its statistics: {@code domain.a_1.b}. */
  public String key() {
    return domain + "." + String.join(".", path);
  }
}
