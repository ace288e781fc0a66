package dev.sluice.redis;

import org.jspecify.annotations.Nullable;

/**
 * A call from its start to its end; it is made while fewer than most are in flight, and while Redis
 * is silent only if it is a probe. On the loop of its {@link RedisConnection}.
 */
abstract class RedisCall<T> {
  private final String name;
  private final int most;
  private final boolean probe;
  private final long started;
  private boolean sent;
  private boolean ended;

  /**
   * @param started now, by {@link System#nanoTime}
   */
  RedisCall(String name, int most, boolean probe, long started) {
    this.name = name;
    this.most = most;
    this.probe = probe;
    this.started = started;
  }

  final String name() {
    return name;
  }

  final int most() {
    return most;
  }

  final boolean probe() {
    return probe;
  }

  final long started() {
    return started;
  }

  /** Whether it has its answer, or has failed. */
  final boolean ended() {
    return ended;
  }

  /** Whether Redis may have got it. */
  final boolean sent() {
    return sent;
  }

  /** It is on its way. */
  final void send() {
    sent = true;
  }

  final void succeed(T value) {
    ended = true;
    succeeded(value);
  }

  final void fail(RedisUnavailable why) {
    ended = true;
    failed(why);
  }

  /**
   * What Redis says to a call that was sent, or why it will not say anything; before the call ends,
   * or, when its deadline was earlier, long after that.
   */
  void replied(@Nullable T value, @Nullable Throwable failure) {}

  /** It has its answer; once, unless it fails. */
  abstract void succeeded(T value);

  /** It has none; once, unless it succeeds. */
  abstract void failed(RedisUnavailable why);
}
