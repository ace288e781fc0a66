package dev.sluice.edge.http;

import java.time.Duration;
import java.util.Set;

/**
 * Which pages of other origins may call a door, and what they may see (CORS).
 *
 * @param origins as {@code https://app.example.com}; {@code *} alone is any
 * @param methods in upper case
 * @param headers of requests; none: whatever a page asks for
 * @param exposedHeaders of answers
 * @param maxAge how long a browser need not ask again
 * @param credentials whether it may send cookies and the like; not with any origin
 */
public record CorsOptions(
    Set<String> origins,
    Set<String> methods,
    Set<String> headers,
    Set<String> exposedHeaders,
    Duration maxAge,
    boolean credentials) {
  public static final String ANY = "*";

  public CorsOptions {
    origins = Set.copyOf(origins);
    methods = Set.copyOf(methods);
    headers = Set.copyOf(headers);
    exposedHeaders = Set.copyOf(exposedHeaders);
    if (origins.isEmpty() || (origins.contains(ANY) && (origins.size() > 1 || credentials))) {
      throw new IllegalArgumentException("these origins cannot be allowed: " + origins);
    }
  }

  boolean allows(String origin) {
    return origins.contains(ANY) || origins.contains(origin);
  }
}
