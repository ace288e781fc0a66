package dev.sluice.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the descriptor limits count to a StatsD server, as lines over TCP, under the names of
 * envoyproxy/ratelimit: from time to time what has come since the last time.
 *
 * <p>Each time by a connection of its own. So a server that went away is noticed before anything is
 * sent to it, and what could not be sent is sent with the next.
 *
 * <p>On a thread of its own; every wait there has an end.
 */
public final class StatsdExport implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int CHUNK = 32 * 1024;
  private static final Logger log = LoggerFactory.getLogger(StatsdExport.class);

  private final String host;
  private final int port;
  private final Duration interval;
  private final RateLimitSeries series;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          run -> {
            Thread daemon = new Thread(run, "statsd");
            daemon.setDaemon(true);
            return daemon;
          });

  // Of the thread.
  private final Map<String, Long> sent = new HashMap<>();
  private boolean lost;

  /**
   * @param interval from one time to the next
   */
  public StatsdExport(String host, int port, Duration interval, RateLimitSeries series) {
    this.host = host;
    this.port = port;
    this.interval = interval;
    this.series = series;
  }

  /** Begins, and goes on until it is closed. */
  public void start() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::flush, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * What has come to a counter.
   *
   * @param total with it, since the start of the process
   */
  private record Increase(String name, long by, long total) {
    String line() {
      return name + ":" + by + "|c\n";
    }
  }

  private void flush() {
    try {
      List<Increase> increases = increases();
      if (!increases.isEmpty()) {
        send(increases);
        if (lost) {
          lost = false;
          log.info("StatsD at {}:{} is back", host, port);
        }
      }
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      if (!lost) {
        lost = true;
        log.warn(
            "StatsD at {}:{} cannot be reached ({}): statistics wait until it can",
            host,
            port,
            cause.toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Increase> increases() {
    List<Increase> increases = new ArrayList<>();
    series.counters(
        (name, total) -> {
          long by = total - sent.getOrDefault(name, 0L);
          if (by > 0) {
            increases.add(new Increase(name, by, total));
          }
        });
    return increases;
  }

  private void send(List<Increase> increases)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("unknown host");
    }
    try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
      await(channel.connect(address));
      List<Increase> chunk = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (Increase increase : increases) {
        chunk.add(increase);
        text.append(increase.line());
        if (text.length() >= CHUNK) {
          write(channel, text, chunk);
        }
      }
      write(channel, text, chunk);
    }
  }

  /** Writes a chunk; only then it counts as sent. */
  private void write(AsynchronousSocketChannel channel, StringBuilder text, List<Increase> chunk)
      throws InterruptedException, ExecutionException, TimeoutException {
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      await(channel.write(bytes));
    }
    chunk.forEach(increase -> sent.put(increase.name(), increase.total()));
    chunk.clear();
    text.setLength(0);
  }

  private static void await(Future<?> step)
      throws InterruptedException, ExecutionException, TimeoutException {
    step.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Sends what is left. Blocks for some seconds at most. */
  @Override
  public void close() {
    thread.execute(this::flush);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
