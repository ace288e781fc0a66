package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.EdgeTarget.Kind;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceImplBase;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GrpcRateTest {
  private static final int RATE = 100;

  /** Answers the first call a second late. */
  private static final class Stalling extends RateLimitServiceImplBase {
    private final NoOpAnswers.RateLimit answers = new NoOpAnswers.RateLimit();
    private boolean first = true;

    @Override
    public void shouldRateLimit(
        RateLimitRequest request, StreamObserver<RateLimitResponse> observer) {
      if (first) {
        first = false;
        try {
          Thread.sleep(1_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      answers.shouldRateLimit(request, observer);
    }
  }

  private static GrpcRate<RateLimitRequest, RateLimitResponse> rate(Server server) {
    return new GrpcRate<>(
        new GrpcConnections<>(
            "127.0.0.1:" + server.getPort(), 1, RateLimitServiceGrpc.getShouldRateLimitMethod()),
        new Pace(RATE),
        LimitQuestions.hotKey(Kind.NO_OP));
  }

  private static Server server(RateLimitServiceImplBase service, ExecutorService executor)
      throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .executor(executor)
        .addService(service)
        .build()
        .start();
  }

  @Test
  void whatWasDueDuringAStallCountsFromThen() throws Exception {
    // One thread: the calls behind the first wait as well.
    ExecutorService one = Executors.newSingleThreadExecutor();
    Server server = server(new Stalling(), one);
    AtomicInteger told = new AtomicInteger();
    try (var calls = rate(server)) {
      Requests requests =
          calls.run(
              Duration.ofMillis(500),
              new GrpcRate.Listener<>() {
                @Override
                public void answered(long due, RateLimitResponse answer, Optional<String> wrong) {
                  told.incrementAndGet();
                }

                @Override
                public void failed(long due, Throwable failure) {}
              });

      assertThat(requests.failed()).isZero();
      assertThat(requests.answered()).isEqualTo(50);
      assertThat(told).hasValue(50);
      // The last was due half a second behind the first, and is answered a second behind it.
      assertThat(requests.latencies().percentile(1)).isGreaterThanOrEqualTo(500_000);
    } finally {
      server.shutdownNow();
      one.shutdownNow();
    }
  }

  @Test
  void callsThatNobodyAnswersAreFailures() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    Server server = server(new NoOpAnswers.RateLimit(), one);
    try (var calls = rate(server)) {
      server.shutdownNow().awaitTermination();

      Requests requests = calls.run(Duration.ofMillis(50));

      assertThat(requests.failed()).isEqualTo(5);
      assertThat(requests.answered()).isZero();
    } finally {
      one.shutdownNow();
    }
  }
}
