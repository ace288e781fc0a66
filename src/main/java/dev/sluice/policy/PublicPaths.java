package dev.sluice.policy;

import java.util.List;

/** The paths that need no key at the doors for edges. */
public record PublicPaths(List<PathPattern> patterns) {
  public PublicPaths {
    patterns = List.copyOf(patterns);
  }

  /** Whether the path of a request is one of them. */
  public boolean include(RequestPath path) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }
}
