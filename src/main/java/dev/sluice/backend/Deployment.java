package dev.sluice.backend;

import java.net.URI;
import java.util.Optional;

/**
 * Where a deployment answers.
 *
 * @param name as in the vendor's {@code bundleDeploymentSpecs}
 * @param url the base before {@code /v1/...}
 * @param apiKey sent to the backend instead of the client's key
 */
public record Deployment(String name, URI url, Optional<String> apiKey) {
  public Deployment {
    String scheme = url.getScheme();
    if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException(
          "a deployment's url is http://host:port or https://...: " + url);
    }
  }

  /** Shows whether there is a key, not the key. */
  @Override
  public String toString() {
    return "Deployment[" + name + " at " + url + (apiKey.isPresent() ? ", with key]" : "]");
  }
}
