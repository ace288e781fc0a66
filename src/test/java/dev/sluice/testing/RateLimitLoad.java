package dev.sluice.testing;

import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.awaitility.Awaitility;

/**
 * Requests at a rate, whether they are answered or not, and all that came of them. A client that
 * was held up does not catch up on what it missed.
 */
public final class RateLimitLoad implements AutoCloseable {
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<ManagedChannel> channels;
  private final LongFunction<RateLimitRequest> requests;
  private final AtomicLong sent = new AtomicLong();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();

  /**
   * What came of a request.
   *
   * @param number of the request, from 0
   * @param sentNanos when it was sent, by {@link System#nanoTime}
   * @param answeredNanos when the answer was here
   * @param response empty when the call failed
   * @param failure why it failed, else empty
   */
  public record Answer(
      long number,
      long sentNanos,
      long answeredNanos,
      Optional<RateLimitResponse> response,
      String failure) {}

  private RateLimitLoad(List<ManagedChannel> channels, LongFunction<RateLimitRequest> requests) {
    this.channels = channels;
    this.requests = requests;
  }

  /**
   * Begins, on the channels in turn.
   *
   * @param requests by their number
   */
  public static RateLimitLoad start(
      List<ManagedChannel> channels, int perSecond, LongFunction<RateLimitRequest> requests) {
    RateLimitLoad load = new RateLimitLoad(channels, requests);
    var unused =
        load.clock.scheduleWithFixedDelay(
            () -> {
              for (int i = 0; i < perSecond / 200; i++) {
                load.send();
              }
            },
            0,
            5,
            TimeUnit.MILLISECONDS);
    return load;
  }

  /** Sends so many at once; all are answered when this returns. */
  public static RateLimitLoad atOnce(
      List<ManagedChannel> channels, int count, LongFunction<RateLimitRequest> requests) {
    RateLimitLoad load = new RateLimitLoad(channels, requests);
    for (int i = 0; i < count; i++) {
      load.send();
    }
    load.finish();
    return load;
  }

  private void send() {
    long number = sent.getAndIncrement();
    long now = System.nanoTime();
    RateLimitServiceGrpc.newStub(channels.get((int) (number % channels.size())))
        .shouldRateLimit(
            requests.apply(number),
            new StreamObserver<>() {
              @Override
              public void onNext(RateLimitResponse response) {
                add(Optional.of(response), "");
              }

              @Override
              public void onError(Throwable failure) {
                add(Optional.empty(), String.valueOf(failure.getMessage()));
              }

              @Override
              public void onCompleted() {}

              private void add(Optional<RateLimitResponse> response, String failure) {
                answers.add(new Answer(number, now, System.nanoTime(), response, failure));
                answered.incrementAndGet();
              }
            });
  }

  public long sent() {
    return sent.get();
  }

  /** In the order in which they came. */
  public List<Answer> answers() {
    return List.copyOf(answers);
  }

  /** Waits until all that was sent before has been answered; what was. */
  public List<Answer> awaitAnswers() {
    long all = sent.get();
    Awaitility.await().until(() -> answered.get() >= all);
    return answers();
  }

  /** Sends no more, and waits for the answers. */
  public void finish() {
    clock.shutdownNow();
    try {
      clock.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Awaitility.await().until(() -> answered.get() >= sent.get());
  }

  @Override
  public void close() {
    finish();
  }
}
