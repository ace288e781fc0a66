package dev.sluice.edges;

import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.UnaryOperator;

/**
 * One of the ways in which a request comes to a backend.
 *
 * @param name for messages
 * @param stack which decides
 * @param queues whether the gateway, and with it the queue, is on the way
 * @param seesBody whether what decides about the model can read the body
 * @param url of chat completions, for a model
 */
record Way(String name, Stack stack, boolean queues, boolean seesBody, UnaryOperator<String> url) {

  /** A chat completion, to be completed. */
  HttpRequest.Builder request(String authorization, String model) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url.apply(model)))
            .header("content-type", "application/json")
            .header("x-request-id", "case-1");
    if (!authorization.isEmpty()) {
      request.header("authorization", authorization);
    }
    return request;
  }

  HttpResponse<String> chat(String authorization, String model, String body, String... headers) {
    HttpRequest.Builder request =
        request(authorization, model).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return stack.send(request.build());
  }

  @Override
  public String toString() {
    return name;
  }
}
