package dev.sluice;

import java.util.Optional;

/**
 * Where the doors of a server of descriptor limits are.
 *
 * @param grpc host and port for Envoy
 * @param http the URL of {@code /json} and {@code /healthcheck}
 * @param debug the URL of the debug pages
 * @param metrics the URL for Prometheus, if it is used
 */
public record RateLimitDoors(String grpc, String http, String debug, Optional<String> metrics) {
  /** For the log. */
  String describe() {
    return "grpc %s, http %s, debug %s".formatted(grpc, http, debug)
        + metrics.map(url -> ", metrics " + url).orElse("");
  }
}
