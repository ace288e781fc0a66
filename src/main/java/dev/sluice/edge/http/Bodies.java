package dev.sluice.edge.http;

import dev.sluice.edge.BadRequest;
import dev.sluice.edge.ErrorBody;
import dev.sluice.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the bodies of requests within bounds: each, all together, and in time.
 *
 * <p>Shared by all event loops; {@link #read} is called on the request's own.
 */
public final class Bodies {
  private final Vertx vertx;
  private final long maxBodyBytes;
  private final long maxBodiesBytes;
  private final long timeoutMillis;
  private final AtomicLong reserved = new AtomicLong();

  /**
   * @param door as in metrics
   */
  public Bodies(Vertx vertx, String door, BodyBounds bounds, Metrics metrics) {
    this.vertx = vertx;
    this.maxBodyBytes = bounds.maxBodyBytes();
    this.maxBodiesBytes = bounds.maxBodiesBytes();
    this.timeoutMillis = bounds.timeout().toMillis();
    metrics.gauge("sluice_body_bytes", "Bytes of request bodies in memory.", door, reserved::get);
  }

  /**
   * A body in memory.
   *
   * @param bytes its share of the bound for all bodies, until {@link #release}
   */
  public record Body(Buffer buffer, long bytes) {}

  /**
   * Reads a paused request to its end; fails with {@link BadRequest}, or with what {@link
   * #clientLeft} knows.
   */
  public Future<Body> read(HttpServerRequest request) {
    long declared = declaredLength(request);
    if (declared > maxBodyBytes) {
      return Future.failedFuture(tooLarge());
    }
    if (!reserve(declared)) {
      return Future.failedFuture(busy());
    }
    if (request.headers().contains("expect", "100-continue", true)) {
      request.response().writeContinue();
    }
    return new Reading(request, declared).result();
  }

  /** Whether a failure says only that the client left before its body had come. */
  public static boolean clientLeft(Throwable failure) {
    return failure instanceof VertxException || failure instanceof IOException;
  }

  /** Gives back a body's share; to be called once. */
  public void release(Body body) {
    reserved.addAndGet(-body.bytes());
  }

  private boolean reserve(long bytes) {
    if (reserved.addAndGet(bytes) <= maxBodiesBytes) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  private static long declaredLength(HttpServerRequest request) {
    String header = request.getHeader("content-length");
    try {
      return header == null ? 0 : Math.max(0, Long.parseLong(header));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private BadRequest tooLarge() {
    return new BadRequest(
        413,
        ErrorBody.invalidRequest(
            "The body is larger than " + maxBodyBytes + " bytes.", "request_too_large"));
  }

  private static BadRequest busy() {
    return new BadRequest(
        503,
        ErrorBody.of(
            "The server holds too many request bodies at present. Try again later.",
            "service_unavailable_error",
            "server_is_overloaded"));
  }

  private BadRequest late() {
    return new BadRequest(
        408,
        ErrorBody.invalidRequest(
            "The body did not arrive within " + timeoutMillis + " ms.", "request_timeout"));
  }

  /** One body on its way in. */
  private final class Reading {
    private final Promise<Body> promise = Promise.promise();
    private final Buffer buffer;
    private OptionalLong timer = OptionalLong.empty();
    private long share;
    private boolean over;

    Reading(HttpServerRequest request, long declared) {
      this.share = declared;
      this.buffer = Buffer.buffer((int) declared);
      request.exceptionHandler(this::fail);
      request.handler(this::chunk);
      request.endHandler(v -> end());
      request.resume();
      if (!over) {
        timer = OptionalLong.of(vertx.setTimer(timeoutMillis, t -> fail(late())));
      }
    }

    Future<Body> result() {
      return promise.future();
    }

    private void chunk(Buffer chunk) {
      if (over) {
        return;
      }
      if (buffer.length() + chunk.length() > maxBodyBytes) {
        fail(tooLarge());
        return;
      }
      long more = buffer.length() + chunk.length() - share;
      if (more > 0 && !reserve(more)) {
        fail(busy());
        return;
      }
      share += Math.max(0, more);
      buffer.appendBuffer(chunk);
    }

    private void end() {
      if (!over) {
        over = true;
        timer.ifPresent(vertx::cancelTimer);
        promise.complete(new Body(buffer, share));
      }
    }

    private void fail(Throwable failure) {
      if (!over) {
        over = true;
        timer.ifPresent(vertx::cancelTimer);
        reserved.addAndGet(-share);
        promise.fail(failure);
      }
    }
  }
}
