package dev.sluice.redis;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded Redis that is started again, on the same port and the same data, whenever it ends
 * without having been told to.
 *
 * <p>Each end and each attempt is a line in the log. The pauses before attempts double up to half a
 * minute, and are short again once it has run for a minute. Blocks while it starts and stops; safe
 * for use by many threads.
 */
public final class SupervisedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SupervisedRedis.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration STEADY = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final EmbeddedRedis.Options options;
  private final Thread supervisor = new Thread(this::supervise, "embedded-redis");
  private volatile EmbeddedRedis current;
  private volatile boolean closed;

  private SupervisedRedis(EmbeddedRedis first, EmbeddedRedis.Options options) {
    this.current = first;
    this.options = options.on(first.port());
  }

  /**
   * Starts Redis and waits until it accepts connections.
   *
   * @throws IllegalStateException when it does not start; the message ends with what Redis said
   */
  public static SupervisedRedis start(EmbeddedRedis.Options options) {
    SupervisedRedis supervised = new SupervisedRedis(EmbeddedRedis.start(options), options);
    supervised.supervisor.setDaemon(true);
    supervised.supervisor.start();
    return supervised;
  }

  /** The one that runs, or that ran last. */
  public EmbeddedRedis current() {
    return current;
  }

  /** Where it listens, as a URL: always the same. */
  public String url() {
    return current.url();
  }

  private void supervise() {
    Duration pause = FIRST_PAUSE;
    try {
      while (true) {
        long since = System.nanoTime();
        int code = current.awaitEnd();
        if (closed) {
          return;
        }
        pause = System.nanoTime() - since > STEADY.toNanos() ? FIRST_PAUSE : pause;
        log.error(
            "the embedded Redis on {} has ended, {}; it is started again in {} ms",
            url(),
            words(code),
            pause.toMillis());
        pause = startAgain(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the pause before the next attempt, should this one not last either. */
  private Duration startAgain(Duration first) throws InterruptedException {
    Duration pause = first;
    while (true) {
      Thread.sleep(pause.toMillis());
      pause = longer(pause);
      try {
        current = EmbeddedRedis.start(options);
        if (closed) {
          current.close();
        }
        return pause;
      } catch (RuntimeException e) {
        if (closed) {
          throw new InterruptedException();
        }
        log.error(
            "the embedded Redis does not start again: {}; the next attempt is in {} ms",
            e.getMessage(),
            pause.toMillis());
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private static String words(int code) {
    return code > 128
        ? "exit code " + code + " (signal " + (code - 128) + ")"
        : "exit code " + code;
  }

  /** Stops Redis for good, which writes its data first, and waits for its end. */
  @Override
  public void close() {
    closed = true;
    supervisor.interrupt();
    current.close();
    try {
      supervisor.join(STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
