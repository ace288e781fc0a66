package dev.sluice.edge.openai;

import dev.sluice.backend.Upstream;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.http.Connections;
import dev.sluice.usage.Usage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards one request and relays its response, chunk by chunk, as fast as the client takes it.
 *
 * <p>Confined to the event loop of the request.
 */
final class Relay {
  /**
   * Never the client's own: the router matches a path that the backend might read in another way.
   */
  private static final String PATH = "/v1/chat/completions";

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** How it ended. */
  sealed interface End {
    /** As a metric's label. */
    String label();

    /** What the deployment did wrong, in words that follow its name. */
    default Optional<String> trouble() {
      return Optional.empty();
    }

    /** The backend's response was relayed whole. */
    record Completed(int status, Optional<Usage> usage) implements End {
      @Override
      public String label() {
        return status / 100 + "xx";
      }
    }

    /** No connection: the backend has seen nothing, and the client has no answer yet. */
    record Unreachable(String why) implements End {
      @Override
      public String label() {
        return "unreachable";
      }

      @Override
      public Optional<String> trouble() {
        return Optional.of("cannot be reached: " + why);
      }
    }

    /** The backend gave no head; the client has no answer yet. */
    record NoHead(boolean late) implements End {
      @Override
      public String label() {
        return late ? "late" : "no_answer";
      }

      @Override
      public Optional<String> trouble() {
        return Optional.of(
            late ? "does not answer in time" : "closed the connection without an answer");
      }
    }

    /** The client left, and the backend was told to stop. */
    record Aborted() implements End {
      @Override
      public String label() {
        return "aborted";
      }
    }

    /** The client did not take what the backend had sent. */
    record ClientStalled(Optional<Usage> usage) implements End {
      @Override
      public String label() {
        return "client_stalled";
      }
    }

    /** The backend broke off in the middle; the client was told as well as it can be. */
    record BrokenOff(boolean late, Optional<Usage> usage) implements End {
      @Override
      public String label() {
        return late ? "stalled" : "broken_off";
      }

      @Override
      public Optional<String> trouble() {
        return Optional.of(
            late ? "stopped in the middle of an answer" : "broke off in the middle of an answer");
      }
    }
  }

  private final HttpServerRequest client;
  private final HttpServerResponse response;
  private final String requestId;
  private final Map<String, String> headers;
  private final Upstream upstream;
  private final Connections connections;
  private final Runnable headArrived;
  private final UsageTail usageTail = new UsageTail();
  private final Promise<End> end = Promise.promise();

  private @Nullable HttpClientRequest call;
  private boolean sent;
  private boolean paused;
  private boolean aborted;
  private boolean eventStream;
  private boolean betweenEvents = true;
  private long expected = -1;

  /**
   * @param headers for the response, over those of the backend
   * @param headArrived called when the head of the response arrives
   */
  Relay(
      HttpServerRequest client,
      String requestId,
      Map<String, String> headers,
      Upstream upstream,
      Connections connections,
      Runnable headArrived) {
    this.client = client;
    this.response = client.response();
    this.requestId = requestId;
    this.headers = headers;
    this.upstream = upstream;
    this.connections = connections;
    this.headArrived = headArrived;
  }

  /**
   * Sends the request to a deployment; the future never fails.
   *
   * @param body in pieces; at least one
   */
  Future<End> forward(String deployment, List<Buffer> body) {
    upstream
        .open(deployment, HttpMethod.POST, PATH)
        .onFailure(failure -> end.tryComplete(new End.Unreachable(words(failure))))
        .onSuccess(opened -> guarded(() -> send(opened, body)));
    return end.future();
  }

  /** Stops the backend: the client has left. */
  void abort() {
    aborted = true;
    if (call != null) {
      call.reset();
    }
    end.tryComplete(new End.Aborted());
  }

  /** Whether the backend may have seen the request. */
  boolean sent() {
    return sent;
  }

  /**
   * Stops the backend, and tells the client as well as it can be told; without a head, not at all.
   */
  void interrupt(ErrorBody why) {
    abort();
    if (response.headWritten()) {
      tell(why);
    }
  }

  /** What the backend has reported so far. */
  Optional<Usage> usage() {
    return usageTail.usage();
  }

  private void send(HttpClientRequest opened, List<Buffer> body) {
    call = opened;
    if (aborted) {
      opened.reset();
      return;
    }
    ForwardedHeaders.request(client.headers(), opened.headers());
    opened.putHeader("x-request-id", requestId);
    sent = true;
    int length = body.stream().mapToInt(Buffer::length).sum();
    opened.putHeader("content-length", Integer.toString(length));
    int last = body.size() - 1;
    body.subList(0, last).forEach(opened::write);
    opened
        .send(body.get(last))
        .onFailure(failure -> end.tryComplete(new End.NoHead(isLate(failure))))
        .onSuccess(answer -> guarded(() -> relay(answer)));
  }

  /** An error of ours in the middle must not leave the request hanging, and its slot with it. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.error("request={} cannot be relayed", requestId, e);
      if (call != null) {
        call.reset();
      }
      if (response.headWritten()) {
        breakOff(e);
      } else {
        end.tryComplete(new End.NoHead(false));
      }
    }
  }

  private void relay(HttpClientResponse answer) {
    headArrived.run();
    HttpClientRequest opened = answer.request();
    upstream.expectChunks(opened);
    response.setStatusCode(answer.statusCode());
    ForwardedHeaders.response(answer.headers(), response.headers());
    headers.forEach(response::putHeader);
    String length = answer.getHeader("content-length");
    if (length != null) {
      expected = Long.parseLong(length);
    } else if (client.version() != HttpVersion.HTTP_1_0
        && answer.statusCode() != 204
        && answer.statusCode() != 304) {
      response.setChunked(true);
    }
    String type = answer.getHeader("content-type");
    eventStream = type != null && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    response.drainHandler(
        v -> {
          paused = false;
          answer.resume();
        });
    answer.exceptionHandler(this::breakOff);
    answer.handler(chunk -> chunk(answer, chunk));
    answer.endHandler(v -> complete(answer));
  }

  private void chunk(HttpClientResponse answer, Buffer chunk) {
    if (aborted || chunk.length() == 0) {
      return;
    }
    usageTail.accept(chunk);
    betweenEvents = endsEvent(chunk);
    if (expected >= 0) {
      expected -= chunk.length();
    }
    if (expected == 0) {
      // The last one: one write and one flush for the chunk and the end.
      response.end(chunk);
      return;
    }
    response.write(chunk);
    if (response.writeQueueFull()) {
      paused = true;
      answer.pause();
    }
  }

  private void complete(HttpClientResponse answer) {
    if (!aborted) {
      if (!response.ended()) {
        response.end().onComplete(ended -> endOfHttpOneZero());
      }
      end.tryComplete(new End.Completed(answer.statusCode(), usageTail.usage()));
    }
  }

  /** It knows no chunks: the end of the connection is the end of an answer without a length. */
  private void endOfHttpOneZero() {
    if (client.version() == HttpVersion.HTTP_1_0 && expected < 0) {
      client.connection().close();
    }
  }

  private void breakOff(Throwable failure) {
    if (aborted || end.future().isComplete()) {
      return;
    }
    boolean late = isLate(failure);
    if (late && paused) {
      connections.breakOff(client.connection());
      end.tryComplete(new End.ClientStalled(usageTail.usage()));
      return;
    }
    tell(late ? Failures.STALLED : Failures.BROKEN_OFF);
    end.tryComplete(new End.BrokenOff(late, usageTail.usage()));
  }

  /** After half an event or half a body nothing can be said: a broken connection says so. */
  private void tell(ErrorBody why) {
    if (eventStream && betweenEvents && expected < 0 && !response.ended()) {
      response.end(Buffer.buffer("data: " + why.json(requestId) + "\n\n"));
    } else {
      connections.breakOff(client.connection());
    }
  }

  /** Without the address, which Netty puts in front: the deployment is named. */
  private static String words(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof ConnectException) {
      if (message.contains("refused")) {
        return "connection refused";
      }
      return message.contains("timed out") ? "the connection timed out" : message;
    }
    return failure instanceof UnknownHostException ? "its host is not known" : message;
  }

  private static boolean isLate(Throwable failure) {
    return failure instanceof TimeoutException;
  }

  private static boolean endsEvent(Buffer chunk) {
    int length = chunk.length();
    return length >= 2
        && chunk.getByte(length - 1) == '\n'
        && (chunk.getByte(length - 2) == '\n'
            || (length >= 3
                && chunk.getByte(length - 2) == '\r'
                && chunk.getByte(length - 3) == '\n'));
  }
}
