package dev.sluice.bench;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends one workload to one target from one event loop. The methods block; one at a time may run.
 *
 * <p>Latency counts from the moment at which a request should have been sent: a target that stalls
 * delays the next requests, and that is seen.
 */
final class Load implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 512;
  private static final long TIMEOUT_MILLIS = 30_000;

  private final Context context;
  private final HttpClient client;
  private final RequestOptions call;
  private final Workload workload;

  Load(Vertx vertx, Target target, Workload workload) {
    this.context = vertx.getOrCreateContext();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
    this.workload = workload;
    this.call =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(target.url() + "/v1/chat/completions")
            .putHeader("content-type", "application/json")
            .putHeader("authorization", "Bearer " + target.key())
            .setIdleTimeout(TIMEOUT_MILLIS);
  }

  /** So many at a time: each answer is followed by the next request, for so long. */
  Requests closed(int connections, Duration time) {
    Run run = new Run();
    long end = System.nanoTime() + time.toNanos();
    context.runOnContext(
        v -> {
          for (int i = 0; i < connections; i++) {
            run.began();
            chain(run, end);
          }
        });
    return run.await(time);
  }

  private void chain(Run run, long end) {
    long now = System.nanoTime();
    send()
        .onComplete(
            result -> {
              if (result.failed() || System.nanoTime() >= end) {
                ended(run, now, result);
              } else {
                run.answered(now);
                chain(run, end);
              }
            });
  }

  private static void ended(Run run, long since, AsyncResult<Void> result) {
    if (result.succeeded()) {
      run.succeeded(since);
    } else {
      run.failed(String.valueOf(result.cause()));
    }
  }

  /** So many a second, evenly, whether they are answered or not, for so long. */
  Requests open(int perSecond, Duration time) {
    Run run = new Run();
    context.runOnContext(v -> run.began());
    new Pace(perSecond)
        .keep(
            time,
            due ->
                context.runOnContext(
                    v -> {
                      run.began();
                      send().onComplete(result -> ended(run, due, result));
                    }));
    context.runOnContext(v -> run.over());
    return run.await(time);
  }

  @Override
  public void close() {
    client.close().toCompletionStage().toCompletableFuture().join();
  }

  private Future<Void> send() {
    return client
        .request(call)
        .compose(request -> request.send(workload.body()))
        .compose(this::read);
  }

  private Future<Void> read(HttpClientResponse response) {
    Workload.Answer answer = workload.answer();
    response.handler(answer::accept);
    return response
        .end()
        .compose(
            end -> {
              Optional<String> wrong = answer.wrong();
              return response.statusCode() == 200 && wrong.isEmpty()
                  ? Future.succeededFuture()
                  : Future.failedFuture(response.statusCode() + ", " + wrong.orElse("body right"));
            });
  }
}
