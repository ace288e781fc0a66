package dev.sluice.edge.http;

import dev.sluice.admission.Origin;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/** Says where a request comes from. */
public final class Origins {
  private Origins() {}

  /**
   * Of a request to a door that clients reach themselves, or through an edge that proves that it
   * has looked. Headers that name an address are anybody's word, so they are not read.
   *
   * @param proved the request that this is an attempt of, on the word of an edge
   */
  public static Origin of(HttpServerRequest request, Optional<String> proved) {
    return proved.isPresent()
        ? new Origin.Vouched()
        : Origin.of(Optional.ofNullable(request.remoteAddress()).map(SocketAddress::hostAddress));
  }
}
