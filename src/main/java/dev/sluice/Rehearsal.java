package dev.sluice;

import dev.sluice.account.KeyText;
import dev.sluice.edge.envoy.GrpcDoor;
import dev.sluice.edge.nginx.EdgeHttp;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the doors for edges as edges do, before they open. A process that has loaded no class yet
 * takes longer for its first answer than Envoy waits, and Envoy refuses the request then.
 *
 * <p>Who calls exists nowhere, and the domain has no rules: so nothing is counted.
 */
final class Rehearsal {
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int CALLS = 40;
  private static final Duration STOP = Duration.ofMillis(100);
  private static final String NOBODY = "rehearsal";
  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  private final Vertx vertx;
  private final Optional<String> model;
  private final String authorization =
      "Bearer " + KeyText.generate(NOBODY, new SecureRandom()).reveal();
  private final long until = System.nanoTime() + LONGEST.toNanos();

  private Rehearsal(Vertx vertx, Optional<String> model) {
    this.vertx = vertx;
    this.model = model;
  }

  /**
   * Starts both doors, calls and stops them. Blocks; what goes wrong is no reason not to open.
   *
   * @param model that requests ask for; empty: the doors authorize none
   */
  static void run(Vertx vertx, Optional<String> model, GrpcDoor grpc, EdgeHttp http) {
    Rehearsal rehearsal = new Rehearsal(vertx, model);
    try {
      rehearsal.call(grpc);
      rehearsal.call(http);
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      log.debug("the rehearsal ended early: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void call(GrpcDoor grpc) throws IOException {
    int port = grpc.start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .eventLoopGroup(EventLoops.of(vertx))
            .channelType(NioSocketChannel.class)
            .build();
    try {
      for (int i = 0; i < CALLS && System.nanoTime() < until; i++) {
        if (model.isPresent()) {
          var decided =
              AuthorizationGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(left(), TimeUnit.NANOSECONDS)
                  .check(check(model.get()));
          log.trace("{}", decided);
        }
        var counted =
            RateLimitServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(left(), TimeUnit.NANOSECONDS)
                .shouldRateLimit(descriptor());
        log.trace("{}", counted);
      }
    } finally {
      channel.shutdownNow();
      grpc.stop(STOP);
    }
  }

  private void call(EdgeHttp http)
      throws InterruptedException, ExecutionException, TimeoutException {
    HttpClient client = vertx.createHttpClient();
    try {
      int port = await(http.start(1));
      String path = model.isPresent() ? "/auth" : "/healthcheck";
      for (int i = 0; i < CALLS && System.nanoTime() < until; i++) {
        await(
            client
                .request(HttpMethod.GET, port, "127.0.0.1", path)
                .map(request -> request.putHeader("authorization", authorization))
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body));
      }
    } finally {
      Lifecycle.stopped(Future.join(client.close(), http.stop(STOP)), STOP.multipliedBy(4));
    }
  }

  private CheckRequest check(String named) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("POST")
                                .setPath("/v1/chat/completions")
                                .putHeaders("authorization", authorization)
                                .setBody(body(named)))))
        .build();
  }

  private static String body(String named) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}"
        .formatted(named);
  }

  private static RateLimitRequest descriptor() {
    return RateLimitRequest.newBuilder()
        .setDomain(NOBODY)
        .addDescriptors(
            RateLimitDescriptor.newBuilder()
                .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(NOBODY).setValue(NOBODY)))
        .build();
  }

  private <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(left(), TimeUnit.NANOSECONDS);
  }

  private long left() {
    return Math.max(1, until - System.nanoTime());
  }
}
