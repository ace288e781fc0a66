package dev.sluice.edge.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.Router;

/**
 * What a door without an API answers where it has no route, and to requests that cannot be read: a
 * line of text. Where nobody does, Vert.x logs some of them as errors of the server.
 */
public final class PlainErrors {
  private static final int[] STATUSES = {400, 404, 405};

  private PlainErrors() {}

  /** Makes a router answer so. */
  public static void addTo(Router router) {
    for (int status : STATUSES) {
      String text = HttpResponseStatus.valueOf(status).reasonPhrase() + "\n";
      router.errorHandler(status, route -> route.response().setStatusCode(status).end(text));
    }
  }
}
