package dev.sluice.metrics;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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
 * envoyproxy/ratelimit: from time to time what has come since the last time. Beside them how long
 * answers took, a line for each, or for a share of them that says which share it is.
 *
 * <p>Each time by a connection of its own. So a server that went away is noticed before anything is
 * sent to it, and what could not be sent is sent with the next.
 *
 * <p>On a thread of its own; every wait there has an end.
 */
public final class StatsdExport implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int CHUNK = 32 * 1024;
  private static final String RESPONSE_TIME = "ratelimit_server.ShouldRateLimit.response_time";
  private static final Logger log = LoggerFactory.getLogger(StatsdExport.class);

  private final String host;
  private final int port;
  private final Duration interval;
  private final String tags;
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
   * @param tags of every name, by gostats' convention
   */
  public StatsdExport(
      String host, int port, Duration interval, Map<String, String> tags, RateLimitSeries series) {
    this.host = host;
    this.port = port;
    this.interval = interval;
    this.tags = suffix(tags);
    this.series = series;
  }

  /** {@code .__zone=a}, in the order of names. */
  private static String suffix(Map<String, String> tags) {
    StringBuilder suffix = new StringBuilder();
    new TreeMap<>(tags)
        .forEach(
            (name, value) -> {
              if (!value.isEmpty()) {
                String plain = value.replaceAll("[.:|\\s\\p{Cntrl}]", "_");
                suffix.append(".__").append(name).append('=').append(plain);
              }
            });
    return suffix.toString();
  }

  /** Begins, and goes on until it is closed. */
  public void start() {
    series.responseTimes().keep();
    var unused =
        thread.scheduleWithFixedDelay(
            this::flush, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * What has come to a counter.
   *
   * @param total with it, since the start of the process
   */
  private record Increase(String name, long by, long total) {}

  private void flush() {
    try {
      List<Increase> increases = increases();
      if (!increases.isEmpty() || !series.responseTimes().isEmpty()) {
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
        text.append(line(increase.name(), Long.toString(increase.by()), "|c"));
        if (text.length() >= CHUNK) {
          write(channel, text, chunk);
          chunk.clear();
        }
      }
      write(channel, text, chunk);
      writeTimes(channel);
    }
  }

  private String line(String name, String value, String kind) {
    return name + tags + ":" + value + kind + "\n";
  }

  /** What does not arrive of these is not sent again: each of them stands for others. */
  private void writeTimes(AsynchronousSocketChannel channel)
      throws InterruptedException, ExecutionException, TimeoutException {
    ResponseTimes.Drawn drawn = series.responseTimes().take();
    String kind =
        "|ms" + (drawn.share() < 1 ? String.format(Locale.ROOT, "|@%.6f", drawn.share()) : "");
    StringBuilder text = new StringBuilder();
    for (long nanos : drawn.nanos()) {
      String millis = BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMicros(nanos), 3).toPlainString();
      text.append(line(RESPONSE_TIME, millis, kind));
      if (text.length() >= CHUNK) {
        write(channel, text, List.of());
      }
    }
    write(channel, text, List.of());
  }

  /** Writes a chunk; only then it counts as sent. */
  private void write(AsynchronousSocketChannel channel, StringBuilder text, List<Increase> chunk)
      throws InterruptedException, ExecutionException, TimeoutException {
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      await(channel.write(bytes));
    }
    chunk.forEach(increase -> sent.put(increase.name(), increase.total()));
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
