package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisLink.Connected;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis, and the calls that wait for its answers.
 *
 * <p>A call that has ended by its deadline is in flight until Redis answers it or the connection
 * ends: so a Redis that stands still does not fill the memory. While it is silent ({@link
 * Silence}), calls end at once, and only probes are sent.
 *
 * <p>All of it happens on one event loop.
 */
final class RedisConnection {
  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long LONGEST_RETRY_MILLIS = 1_000;

  /** A connection that is silent for so much longer than a deadline is given up. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How often a silent Redis is asked whether it is back. */
  private static final long PROBE_MILLIS = 100;

  /** A link is not made anew more often. */
  private static final long RESET_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After which a call is repeated whose slot is on its way to another node. */
  private static final long MOVING_MILLIS = 20;

  private final EventLoop loop;
  private final RedisLink link;
  private final Reachability reachability;
  private final Preparation preparation;
  private final boolean tls;
  private final long deadlineNanos;
  private final int callsInFlight;
  private final Metrics metrics;

  private final Silence silence = new Silence();
  private final WaitingCalls calls;
  private Optional<StatefulConnection<String, byte[]>> connected = Optional.empty();
  private int inFlight;
  private volatile boolean closed;
  private Optional<Long> lastReset = Optional.empty();

  RedisConnection(
      EventLoop loop,
      RedisLink link,
      Preparation preparation,
      RedisOptions options,
      boolean tls,
      Metrics metrics) {
    this.loop = loop;
    this.link = link;
    this.preparation = preparation;
    this.reachability = preparation.reachability();
    this.tls = tls;
    this.deadlineNanos = options.deadline().toNanos();
    this.callsInFlight = options.callsInFlight();
    this.metrics = metrics;
    this.calls =
        new WaitingCalls(
            deadlineNanos,
            System::nanoTime,
            (nanos, task) -> {
              var unused = loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
            },
            this::expired);
  }

  /** Connects, and keeps trying until it is closed. */
  void open() {
    loop.execute(() -> connect(FIRST_RETRY_MILLIS));
  }

  private void connect(long retryMillis) {
    if (closed) {
      return;
    }
    link.connect(this::disconnected)
        .whenComplete(
            (made, failure) ->
                onLoop(
                    () -> {
                      if (failure == null) {
                        use(made);
                      } else if (!closed) {
                        reachability.cannotConnect(ConnectFailure.of(failure, tls));
                        connectLater(retryMillis, Math.min(LONGEST_RETRY_MILLIS, retryMillis * 2));
                      }
                    }));
  }

  private void connectLater(long millis, long nextMillis) {
    var unused = loop.schedule(() -> connect(nextMillis), millis, TimeUnit.MILLISECONDS);
  }

  private void disconnected() {
    onLoop(
        () -> {
          if (!closed) {
            connected = Optional.empty();
            silence.disconnected();
            reachability.disconnected();
            failAll("the connection was closed");
            connectLater(FIRST_RETRY_MILLIS, FIRST_RETRY_MILLIS);
          }
        });
  }

  private void use(Connected made) {
    if (!closed) {
      preparation.prepare(made.commands());
      connected = Optional.of(made.connection());
      silence.answered(System.nanoTime(), inFlight > 0);
      reachability.connected();
    }
  }

  /** Makes the link anew, unless that was done just now. */
  void reset() {
    long now = System.nanoTime();
    if (!closed && lastReset.filter(last -> now - last < RESET_NANOS).isEmpty()) {
      lastReset = Optional.of(now);
      link.reset();
    }
  }

  boolean onThisThread() {
    return loop.inEventLoop();
  }

  CompletionStage<List<Object>> run(Script script, String[] keys, byte[][] arguments) {
    return call(script.name(), callsInFlight, () -> Request.run(script, keys, arguments));
  }

  /** Leaves a tenth of the calls that may be in flight to others. */
  CompletionStage<List<Object>> runWithReserve(Script script, String[] keys, byte[][] arguments) {
    return call(script.name(), mostWithReserve(), () -> Request.run(script, keys, arguments));
  }

  CompletionStage<String> ping() {
    return ping(false);
  }

  private CompletionStage<String> ping(boolean probe) {
    return call(new AwaitedCall<>("ping", callsInFlight, probe, System.nanoTime()), Request::ping);
  }

  /** How far Redis is; on any thread. */
  Future<Duration> timedPing() {
    TimedPing ping = new TimedPing();
    onLoop(
        () -> {
          begin(ping);
          send(ping, Request.ping());
        });
    return ping.took();
  }

  /** Makes a call; on any thread. */
  <T> CompletionStage<T> call(String name, Supplier<Request<T>> request) {
    return call(name, callsInFlight, request);
  }

  private <T> CompletionStage<T> call(String name, int most, Supplier<Request<T>> request) {
    return call(new AwaitedCall<>(name, most, false, System.nanoTime()), request);
  }

  private <T> CompletionStage<T> call(AwaitedCall<T> call, Supplier<Request<T>> request) {
    onLoop(
        () -> {
          begin(call);
          send(call, request.get());
        });
    return call.answer();
  }

  /** Nanoseconds since Redis answered anything; on any thread. */
  long sinceAnswer() {
    return silence.sinceAnswer(System.nanoTime());
  }

  /** Ends all calls. The link is closed by its owner. */
  void close() {
    onLoop(
        () -> {
          closed = true;
          connected = Optional.empty();
          failAll("closed");
        });
  }

  /** How many calls may be in flight for one of many at once, which leaves a tenth to others. */
  int mostWithReserve() {
    return callsInFlight - callsInFlight / 10;
  }

  /** The deadline of a call runs from now on; it may be sent later. On the loop. */
  void begin(RedisCall<?> call) {
    calls.add(call);
  }

  /** Sends a call, unless it has ended meanwhile. On the loop. */
  <T> void send(RedisCall<T> call, Request<T> request) {
    if (connected.isEmpty()) {
      end(call, Outcome.DISCONNECTED, closed ? "closed" : "not connected");
      return;
    }
    if (call.ended()) {
      return;
    }
    if (silence.silent() && !call.probe()) {
      end(call, Outcome.NOT_SENT, "not sent, because earlier calls are not answered");
      return;
    }
    // Lettuce has such a bound as well, but writes a stack trace for each call over it.
    if (inFlight >= call.most()) {
      end(call, Outcome.ERROR, inFlight + " calls are in flight");
      return;
    }
    Sent<T> sent = new Sent<>(call, request, this);
    inFlight++;
    try {
      connected.get().dispatch(sent);
    } catch (RuntimeException e) {
      sent.completeExceptionally(e);
    }
    // What Lettuce refuses, it refuses at once.
    if (!sent.replied()) {
      call.send();
      if (!silence.waiting()) {
        silence.sent(System.nanoTime());
      }
    }
  }

  /** It is known what became of a request. On the loop. */
  <T> void replied(Sent<T> sent, @Nullable Throwable failure) {
    RedisCall<T> call = sent.call();
    long now = System.nanoTime();
    inFlight--;
    if (failure == null || failure instanceof RedisCommandExecutionException) {
      silence.answered(now, inFlight > 0);
    }
    if (failure == null) {
      succeed(call, sent.getOutput().get(), now);
    } else if (failure instanceof RedisNoScriptException
        && sent.request().whenScriptUnknown().isPresent()) {
      send(call, sent.request().whenScriptUnknown().get().get());
    } else if (Complaint.in(ConnectFailure.reason(failure))
        .filter(Complaint.TRYAGAIN::equals)
        .isPresent()) {
      Runnable again = () -> send(call, sent.request());
      var unused = loop.schedule(again, MOVING_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      fail(call, failure);
    }
  }

  private <T> void succeed(RedisCall<T> call, T value, long now) {
    reachability.answered(call.name(), !call.ended());
    call.replied(value, null);
    if (!call.ended()) {
      metrics.calledRedis(call.name(), "ok", now - call.started());
      call.succeed(value);
    }
  }

  private void fail(RedisCall<?> call, Throwable failure) {
    // Also of a call that has ended by its deadline: who else would hear it?
    Optional<Complaint> complaint = preparation.heard(call.name(), failure);
    if (call.sent()) {
      call.replied(null, failure);
    }
    if (call.ended()) {
      return;
    }
    if (complaint.isPresent()) {
      end(call, Outcome.REFUSED, ConnectFailure.reason(failure));
    } else if (failure instanceof RedisCommandExecutionException) {
      end(call, Outcome.ERROR, ConnectFailure.reason(failure));
    } else {
      reachability.failed(ConnectFailure.reason(failure));
      end(call, Outcome.DISCONNECTED, ConnectFailure.reason(failure));
    }
  }

  private void end(RedisCall<?> call, Outcome outcome, String why) {
    if (call.ended()) {
      return;
    }
    metrics.calledRedis(call.name(), outcome.label(), System.nanoTime() - call.started());
    call.fail(new RedisUnavailable(outcome, call.name(), why, call.sent()));
  }

  private void failAll(String why) {
    for (RedisCall<?> call : calls.all()) {
      end(call, Outcome.DISCONNECTED, why);
    }
  }

  private void expired(RedisCall<?> call) {
    String why = "no answer within " + TimeUnit.NANOSECONDS.toMillis(deadlineNanos) + " ms";
    end(call, Outcome.TIMEOUT, why);
    reachability.late(call.started(), why);
    if (silence.timedOut(call.started(), System.nanoTime())) {
      probeLater();
    }
  }

  private void probeLater() {
    var unused = loop.schedule(this::probe, PROBE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void probe() {
    if (!silence.silent() || closed) {
      return;
    }
    // A peer that has vanished without a word would else hold the connection for many minutes.
    if (silence.longerThan(deadlineNanos + SILENCE_NANOS, System.nanoTime())) {
      reset();
    }
    var unused = ping(true);
    probeLater();
  }

  /** Now, if this is the loop. */
  void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
