package dev.sluice.edge.ratelimit;

import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.Verdict;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceImplBase;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code envoy.service.ratelimit.v3.RateLimitService}. Every failure is the status UNKNOWN, as in
 * the reference, whereupon Envoy's {@code failure_mode_deny} decides.
 *
 * <p>Never blocks, so that it may run under a direct executor. Safe for use by many threads.
 */
public final class RateLimitService extends RateLimitServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(RateLimitService.class);

  private final DescriptorLimits limits;
  private final RateLimitAnswers answers;
  private final Metrics metrics;

  public RateLimitService(DescriptorLimits limits, RateLimitAnswers answers, Metrics metrics) {
    this.limits = limits;
    this.answers = answers;
    this.metrics = metrics;
  }

  @Override
  public void shouldRateLimit(
      RateLimitRequest request, StreamObserver<RateLimitResponse> observer) {
    long started = System.nanoTime();
    metrics.rateLimit().requested();
    var unused =
        limits
            .judge(Queries.query(request))
            .handle(
                (verdict, failure) -> {
                  metrics.rateLimitAnswered(System.nanoTime() - started);
                  try {
                    answer(request, observer, verdict, failure);
                  } catch (RuntimeException bug) {
                    log.error("an answer failed", bug);
                    observer.onError(new Unknown("the answer failed"));
                  }
                  return true;
                });
  }

  private void answer(
      RateLimitRequest request,
      StreamObserver<RateLimitResponse> observer,
      @Nullable Verdict verdict,
      @Nullable Throwable failure) {
    if (observer instanceof ServerCallStreamObserver<RateLimitResponse> call
        && call.isCancelled()) {
      // Envoy gave up: to answer would only throw.
      return;
    }
    if (verdict != null) {
      observer.onNext(answers.response(request, verdict));
      observer.onCompleted();
    } else if (failure != null) {
      observer.onError(new Unknown(Failure.message(failure)));
    }
  }

  /** Without a stack trace: in an outage there is one for each request. */
  private static final class Unknown extends StatusRuntimeException {
    private static final long serialVersionUID = 1L;

    private Unknown(String message) {
      super(Status.UNKNOWN.withDescription(message));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
