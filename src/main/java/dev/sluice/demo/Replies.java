package dev.sluice.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.UUID;

/** Answers that are not completions. */
final class Replies {
  void json(HttpServerRequest request, int status, JsonNode body) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response
          .setStatusCode(status)
          .putHeader("content-type", "application/json")
          .end(Json.text(body));
    }
  }

  void error(HttpServerRequest request, ApiError error) {
    HttpServerResponse response = request.response();
    if (response.headWritten()) {
      // Too late for a status.
      request.connection().close();
      return;
    }
    if (error.status() == 503 || error.status() == 429) {
      response.putHeader("retry-after", "1");
    }
    String given = request.getHeader("x-request-id");
    String id = given == null ? UUID.randomUUID().toString() : given;
    json(request, error.status(), error.toJson(id));
  }
}
