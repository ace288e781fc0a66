package dev.sluice.edge.http;

import dev.sluice.edge.Answer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Sends the answers that a door gives itself. */
public final class Replies {
  private final Connections connections;

  public Replies(Connections connections) {
    this.connections = connections;
  }

  /**
   * Sends an answer, unless the client has left. What is still to come of the request is dropped.
   */
  public void send(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.headWritten()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (!request.isEnded()) {
      request.handler(null);
      request.endHandler(null);
      request.exceptionHandler(failure -> {});
      request.resume();
      if (isLong(request)) {
        response.putHeader("connection", "close");
        connections.leave(request.connection());
      }
    }
    response.end(answer.body());
  }

  /** Whether so much is still to come that a new connection is cheaper than reading it. */
  private static boolean isLong(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return request.headers().contains("transfer-encoding")
        || (length != null && length.length() > 5);
  }
}
