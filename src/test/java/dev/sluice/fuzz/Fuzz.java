package dev.sluice.fuzz;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.RateLimitReplica;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.Resources;
import dev.sluice.testing.SluiceProcess;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Sends inputs by a seed to the doors of a server of descriptor limits, a process of its own, and
 * sees to it that it goes on as if nothing had been.
 */
final class Fuzz implements AutoCloseable {
  private static final String RULES =
      """
      domain: %s
      descriptors:
      - key: client
        rate_limit: {unit: hour, requests_per_unit: 10}
        descriptors:
        - key: client
          value: v*
          share_threshold: true
          rate_limit: {unit: minute, requests_per_unit: 5}
      - key: rolling
        rate_limit: {unit: hour, requests_per_unit: 10, algorithm: rolling, name: rolling}
      - key: free
        rate_limit: {unlimited: true}
      - key: strong
        rate_limit: {period: 90s, requests_per_unit: 5, replaces: [{name: rolling}]}
      """
          .formatted(Inputs.DOMAIN);

  private static final String GOOD =
      """
      domain: good
      descriptors:
      - key: once
        rate_limit: {unit: year, requests_per_unit: 1}
      """;

  /** After the first inputs everything is in place that stays. */
  private static final long MOST_MORE_BYTES = 8 << 20;

  private static final long MOST_MORE_THREADS = 4;
  private static final long MOST_MORE_FILES = 4;

  private final long seed;
  private final EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  private final SluiceProcess process;
  private final RateLimitReplica replica;
  private final Map<Input.Door, Delivery> doors = new HashMap<>();
  private final Map<String, Long> sent = new TreeMap<>();
  private Slow slowest = new Slow(0, "none", 0);
  private final HttpClient http = HttpClient.newHttpClient();

  /** Starts the server; its files and its log go to a folder. */
  Fuzz(long seed, Path folder) {
    this.seed = seed;
    Map<String, String> environment = RateLimits.environment(folder, redis.url());
    environment.put("LOCAL_CACHE_SIZE_IN_BYTES", "100000");
    environment.put("LIMIT_RESPONSE_HEADERS_ENABLED", "true");
    environment.put("RESPONSE_DYNAMIC_METADATA", "true");
    RateLimits.write(folder, "fuzzed.yaml", RULES);
    RateLimits.write(folder, "good.yaml", GOOD);
    this.process = new SluiceProcess(folder, environment, "serve");
    this.replica = RateLimitReplica.of(process);
    doors.put(Input.Door.GRPC, new Delivery("http://" + replica.grpc()));
    doors.put(Input.Door.HTTP, new Delivery(replica.http()));
    doors.put(Input.Door.DEBUG, new Delivery(replica.debug()));
  }

  /**
   * Sends for so long, in rounds, and measures after each.
   *
   * @param progress is told a line after each round
   * @throws Found with what is needed to repeat it
   */
  void run(Duration time, Duration round, Consumer<String> progress) {
    long end = System.nanoTime() + time.toNanos();
    long number = 0;
    Optional<Resources> before = Optional.empty();
    do {
      long roundEnd = Math.min(end, System.nanoTime() + round.toNanos());
      long files = Resources.files(process.handle());
      do {
        one(number++);
      } while (System.nanoTime() < roundEnd);
      checkConnections(files, number);
      Resources now = Resources.of(process.handle());
      before.ifPresent(then -> compare(then, now));
      before = before.or(() -> Optional.of(now));
      progress.accept(
          "%d inputs %s; the slowest was %s; the server holds %s"
              .formatted(number, sent, slowest, now));
    } while (System.nanoTime() < end);
  }

  /** Sends one input, and then what the server must answer. */
  void one(long number) {
    Input input = Inputs.of(seed, number);
    sent.merge(input.kind(), 1L, Long::sum);
    long began = System.nanoTime();
    try {
      doors.get(input.door()).send(input).ifPresent(wrong -> found(number, wrong));
      goOn(number);
      slowest = slowest.or(new Slow(number, input.kind(), System.nanoTime() - began));
    } catch (Found e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      found(number, "then " + e);
    }
    String log = process.log();
    if (log.contains(" ERROR ") || log.contains("\n\tat ") || log.contains("Exception")) {
      found(number, "the log says:\n" + log.lines().skip(3).limit(60).toList());
    }
  }

  /** The first request of a name passes, the second is over its limit. */
  private void goOn(long number) throws IOException {
    RateLimitRequest request = RateLimitReplica.request("good", "once=" + seed + "-" + number);
    boolean byGrpc = number % 2 == 0;
    int first = byGrpc ? ask(request) : post(request);
    int second = byGrpc ? post(request) : ask(request);
    if (first != 200 || second != 429) {
      found(number, "a good request is answered with %d, then %d".formatted(first, second));
    }
  }

  private int ask(RateLimitRequest request) {
    return switch (replica.ask(request).getOverallCode()) {
      case OK -> 200;
      case OVER_LIMIT -> 429;
      default -> 0;
    };
  }

  private int post(RateLimitRequest request) throws IOException {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(replica.http() + "/json"))
            .POST(HttpRequest.BodyPublishers.ofString(JsonFormat.printer().print(request)))
            .build();
    try {
      return http.send(post, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void checkConnections(long before, long number) {
    try {
      Awaitility.await().until(() -> Resources.files(process.handle()) <= before + MOST_MORE_FILES);
    } catch (ConditionTimeoutException e) {
      found(
          number - 1,
          "or one before it left connections: %d files are open, before were %d"
              .formatted(Resources.files(process.handle()), before));
    }
  }

  private void compare(Resources before, Resources now) {
    if (now.heapBytes() > before.heapBytes() + MOST_MORE_BYTES
        || now.threads() > before.threads() + MOST_MORE_THREADS
        || now.files() > before.files() + MOST_MORE_FILES) {
      throw new Found("seed %d: the server grew from %s to %s".formatted(seed, before, now));
    }
  }

  /** How long an input took, with the good requests behind it. */
  private record Slow(long number, String kind, long nanos) {
    Slow or(Slow other) {
      return other.nanos > nanos ? other : this;
    }

    @Override
    public String toString() {
      return "%d (%s), %d ms".formatted(number, kind, nanos / 1_000_000);
    }
  }

  private void found(long number, String wrong) {
    throw new Found(
        "%s%nrepeat it: src/bench/run fuzz --seed %d --input %d%n%s"
            .formatted(wrong, seed, number, Inputs.of(seed, number).describe()));
  }

  /** Something is wrong with the server. */
  static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Found(String message) {
      super(message);
    }
  }

  @Override
  public void close() {
    replica.close();
    redis.close();
  }
}
