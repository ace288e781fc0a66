package dev.sluice.edge.openai;

import dev.sluice.edge.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Sends the gateway's own answers. */
final class Replies {
  /** How long a client may go on sending a body that nobody reads, so that it sees the answer. */
  private static final long LINGER_MILLIS = 1000;

  private final Vertx vertx;

  Replies(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Sends an answer, unless the client has left. What is still to come of the request is dropped.
   */
  void send(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    boolean unread = !request.isEnded();
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (unread) {
      drop(request);
    }
    response.end(answer.body());
  }

  private void drop(HttpServerRequest request) {
    request.handler(null);
    request.endHandler(null);
    request.exceptionHandler(failure -> {});
    request.resume();
    if (!isShort(request)) {
      request.response().putHeader("connection", "close");
      vertx.setTimer(LINGER_MILLIS, timer -> request.connection().close());
    }
  }

  /**
   * Whether what is still to come is so little that reading it is cheaper than a new connection.
   */
  private static boolean isShort(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return length != null && length.length() <= 5;
  }
}
