package dev.sluice.edge.http;

import dev.sluice.account.Credential;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Reads what a client presents as its key. */
public final class Credentials {
  private Credentials() {}

  /** Of a request; two Authorization headers are no key, for an edge might have read the other. */
  public static Credential of(HttpServerRequest request) {
    return Credential.ofAuthorization(
        request.headers().contains("authorization")
            ? Optional.of(String.join(",", request.headers().getAll("authorization")))
            : Optional.empty());
  }
}
