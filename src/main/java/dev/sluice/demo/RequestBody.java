package dev.sluice.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Reads a request's body up to a bound. */
final class RequestBody {
  /** A client that goes on sending after its 413 is cut off after so many bounds. */
  private static final int PATIENCE = 8;

  private final HttpServerRequest request;
  private final int maxBytes;
  private final Promise<Buffer> promise = Promise.promise();
  private Buffer body = Buffer.buffer();
  private long bytes;

  private RequestBody(HttpServerRequest request, int maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
  }

  /**
   * Completes on the event loop with the body, or fails with a {@link Rejection}, or with what
   * broke the connection. To be called at once when the request arrives.
   */
  static Future<Buffer> read(HttpServerRequest request, int maxBytes) {
    RequestBody reading = new RequestBody(request, maxBytes);
    request.handler(reading::append);
    request.endHandler(end -> reading.promise.tryComplete(reading.body));
    request.exceptionHandler(reading.promise::tryFail);
    return reading.promise.future();
  }

  /**
   * What is over the bound is read and thrown away: were the connection closed at once, the client
   * would often see a reset instead of the answer.
   */
  private void append(Buffer chunk) {
    bytes += chunk.length();
    if (bytes <= maxBytes) {
      body.appendBuffer(chunk);
    } else if (bytes > (long) PATIENCE * maxBytes) {
      request.connection().close();
    } else if (promise.tryFail(new Rejection(ApiError.bodyTooLarge(maxBytes)))) {
      body = Buffer.buffer();
    }
  }
}
