package dev.sluice.edge.authorization;

import dev.sluice.account.Credential;
import dev.sluice.admission.Origin;
import dev.sluice.policy.RequestPath;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A request as its edge tells of it.
 *
 * @param id as its client will see it
 * @param method in upper case
 * @param path with its query
 * @param askedByBrowser whether it has the two headers that a browser's preflight has (CORS)
 * @param origin of the client, on the word of the edge
 * @param model what the edge says of the model, where it knows it; never the client's own word
 */
public record EdgeRequest(
    String id,
    Credential credential,
    Origin origin,
    String method,
    String path,
    boolean askedByBrowser,
    Optional<String> model,
    EdgeBody body) {

  /** The path without its query. */
  RequestPath plainPath() {
    return RequestPath.of(path);
  }

  /** Whether a browser asks what it may ask: it has no key yet, and runs nothing. */
  boolean preflight() {
    return askedByBrowser && method.equals("OPTIONS");
  }

  /**
   * Whether a request has the headers of a preflight.
   *
   * @param header finds one by its name in lower case
   */
  public static boolean askedByBrowser(Function<String, Optional<String>> header) {
    return Stream.of("origin", "access-control-request-method")
        .allMatch(name -> header.apply(name).filter(value -> !value.isBlank()).isPresent());
  }
}
