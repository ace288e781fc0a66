package dev.sluice.edge.openai;

import dev.sluice.edge.EdgeHeaders;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers pass through the gateway, in each direction. */
final class ForwardedHeaders {
  /** RFC 9110, 7.6.1: these speak of one connection. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** The client's key is for Sluice and for nobody behind it; length and host are set anew. */
  private static final Set<String> ENDS_HERE =
      Set.of(
          "authorization",
          "x-api-key",
          "api-key",
          "cookie",
          "host",
          "content-length",
          "expect",
          "x-request-id",
          // CORS ends here: its backend need not know the origin, and might refuse it.
          "origin",
          // What a backend compressed could not be metered.
          "accept-encoding");

  private ForwardedHeaders() {}

  /** Copies the headers of a request that its backend may see. */
  static void request(MultiMap from, MultiMap to) {
    Set<String> named = named(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HOP_BY_HOP.contains(name)
          && !ENDS_HERE.contains(name)
          && !named.contains(name)
          && (!name.startsWith(EdgeHeaders.PREFIX) || name.equals(EdgeHeaders.WORKFLOW))) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /**
   * Copies the headers of a response that its client may see. What the response says already is not
   * said a second time, and which pages may read it is not for the backend to say.
   */
  static void response(MultiMap from, MultiMap to) {
    Set<String> named = named(from);
    Set<String> said = new HashSet<>();
    to.names().forEach(name -> said.add(name.toLowerCase(Locale.ROOT)));
    said.remove("vary"); // a list, to which the backend adds
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!HOP_BY_HOP.contains(name)
          && !named.contains(name)
          && !said.contains(name)
          && !name.startsWith("access-control-")) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /** The headers that the Connection header declares to be of one connection too. */
  private static Set<String> named(MultiMap headers) {
    Set<String> names = new HashSet<>();
    for (String connection : headers.getAll("connection")) {
      if (!connection.equalsIgnoreCase("keep-alive") && !connection.equalsIgnoreCase("close")) {
        for (String name : connection.toLowerCase(Locale.ROOT).split(",", -1)) {
          names.add(name.strip());
        }
      }
    }
    return names;
  }
}
