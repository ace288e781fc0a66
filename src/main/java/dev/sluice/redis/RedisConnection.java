package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

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
  private Optional<RedisClusterAsyncCommands<String, byte[]>> commands = Optional.empty();
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
            (connected, failure) ->
                onLoop(
                    () -> {
                      if (failure == null) {
                        use(connected);
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
            commands = Optional.empty();
            silence.disconnected();
            reachability.disconnected();
            failAll("the connection was closed");
            connectLater(FIRST_RETRY_MILLIS, FIRST_RETRY_MILLIS);
          }
        });
  }

  private void use(RedisClusterAsyncCommands<String, byte[]> connected) {
    if (!closed) {
      preparation.prepare(connected);
      commands = Optional.of(connected);
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
    return run(script, keys, arguments, callsInFlight);
  }

  /** Leaves a tenth of the calls that may be in flight to others. */
  CompletionStage<List<Object>> runWithReserve(Script script, String[] keys, byte[][] arguments) {
    return run(script, keys, arguments, callsInFlight - callsInFlight / 10);
  }

  private CompletionStage<List<Object>> run(
      Script script, String[] keys, byte[][] arguments, int most) {
    RedisCall<List<Object>> call = new RedisCall<>(script.name(), most, false, System.nanoTime());
    onLoop(
        () -> {
          calls.add(call);
          send(call, script, keys, arguments);
        });
    return call.answer();
  }

  CompletionStage<String> ping() {
    return ping(false);
  }

  private CompletionStage<String> ping(boolean probe) {
    return call(
        new RedisCall<>("ping", callsInFlight, probe, System.nanoTime()),
        RedisClusterAsyncCommands::ping,
        RedisClusterAsyncCommands::ping);
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
          commands = Optional.empty();
          failAll("closed");
        });
  }

  /**
   * A call whose deadline runs from now on, and which is sent by {@link #send(RedisCall, Command)}.
   * On the loop.
   */
  <T> RedisCall<T> begin(String name) {
    return begin(name, callsInFlight);
  }

  /** One of many at once, which leaves a tenth of the calls that may be in flight to others. */
  <T> RedisCall<T> beginWithReserve(String name) {
    return begin(name, callsInFlight - callsInFlight / 10);
  }

  private <T> RedisCall<T> begin(String name, int most) {
    RedisCall<T> call = new RedisCall<>(name, most, false, System.nanoTime());
    calls.add(call);
    return call;
  }

  /** Sends a call, unless it has ended meanwhile. On the loop. */
  <T> void send(RedisCall<T> call, Command<T> command) {
    send(call, command, failure -> fail(call, failure));
  }

  /** Sends a call that runs a script, unless it has ended meanwhile. On the loop. */
  void send(RedisCall<List<Object>> call, Script script, String[] keys, byte[][] arguments) {
    attempt(
        call,
        redis -> redis.evalsha(script.sha1(), ScriptOutputType.MULTI, keys, arguments),
        redis -> {
          byte[] text = script.text().getBytes(StandardCharsets.UTF_8);
          return redis.eval(text, ScriptOutputType.MULTI, keys, arguments);
        });
  }

  private <T> CompletionStage<T> call(
      RedisCall<T> call, Command<T> command, Command<T> whenScriptUnknown) {
    onLoop(() -> start(call, command, whenScriptUnknown));
    return call.answer();
  }

  private <T> void start(RedisCall<T> call, Command<T> command, Command<T> whenScriptUnknown) {
    calls.add(call);
    attempt(call, command, whenScriptUnknown);
  }

  private <T> void attempt(RedisCall<T> call, Command<T> command, Command<T> whenScriptUnknown) {
    send(
        call,
        command,
        failure -> {
          if (failure instanceof RedisNoScriptException) {
            attempt(call, whenScriptUnknown, whenScriptUnknown);
          } else if (Complaint.in(ConnectFailure.reason(failure))
              .filter(Complaint.TRYAGAIN::equals)
              .isPresent()) {
            Runnable again = () -> attempt(call, command, whenScriptUnknown);
            var unused = loop.schedule(again, MOVING_MILLIS, TimeUnit.MILLISECONDS);
          } else {
            fail(call, failure);
          }
        });
  }

  private <T> void send(RedisCall<T> call, Command<T> command, Consumer<Throwable> failed) {
    if (commands.isEmpty()) {
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
    RedisFuture<T> future;
    try {
      future = command.apply(commands.get());
    } catch (RuntimeException e) {
      failed.accept(e);
      return;
    }
    inFlight++;
    silence.sent(System.nanoTime());
    // What Lettuce refuses, it refuses at once.
    call.sent(future.isDone() ? Optional.empty() : Optional.of(future));
    future.whenComplete(
        (value, failure) ->
            onLoop(
                () -> {
                  inFlight--;
                  if (failure == null || failure instanceof RedisCommandExecutionException) {
                    silence.answered(System.nanoTime(), inFlight > 0);
                  }
                  if (failure == null) {
                    succeed(call, value);
                  } else {
                    failed.accept(failure);
                  }
                }));
  }

  private <T> void succeed(RedisCall<T> call, T value) {
    reachability.answered(call.name());
    if (!call.ended()) {
      metrics.calledRedis(call.name(), "ok", System.nanoTime() - call.started());
      call.succeed(value);
    }
  }

  private void fail(RedisCall<?> call, Throwable failure) {
    // Also of a call that has ended by its deadline: who else would hear it?
    Optional<Complaint> complaint = preparation.heard(call.name(), failure);
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
    call.fail(new RedisUnavailable(outcome, call.name(), why, call.reply().isPresent()));
  }

  private void failAll(String why) {
    for (RedisCall<?> call : calls.all()) {
      end(call, Outcome.DISCONNECTED, why);
    }
  }

  private void expired(RedisCall<?> call) {
    String why = "no answer within " + TimeUnit.NANOSECONDS.toMillis(deadlineNanos) + " ms";
    end(call, Outcome.TIMEOUT, why);
    reachability.failed(why);
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

  /** A command of Lettuce's. */
  interface Command<T>
      extends Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> {}
}
