package dev.sluice.bench;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Rate;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisCounters;
import dev.sluice.redis.RedisOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a decision costs Redis: its own CPU time, by INFO, divided by the decisions.
 *
 * <p>Each decision is one of three windows of one (user, model), 64 in flight. {@code
 * AdmitScriptBench [decisions] [user, model pairs]}
 */
public final class AdmitScriptBench {
  private static final int IN_FLIGHT = 64;

  private AdmitScriptBench() {}

  public static void main(String[] arguments) throws InterruptedException {
    int decisions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (EmbeddedRedis embedded = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        RedisConnections connections =
            RedisConnections.open(RedisOptions.of(embedded.url()), loops, new Metrics());
        RedisClient client = RedisClient.create(embedded.url())) {
      RedisCommands<String, String> redis = client.connect().sync();
      RedisCounters counters = new RedisCounters(connections);
      Thread.sleep(1_000);
      System.out.println(embedded.describe());
      run("warm-up", counters, redis, decisions / 4, 1, 1_000_000_000);
      run("one hot user, admitted", counters, redis, decisions, 1, 1_000_000_000);
      run("10,000 users, admitted", counters, redis, decisions, 10_000, 1_000_000_000);
      run("one hot user, refused", counters, redis, decisions, 2, 10);
      System.out.println("SLOWLOG entries above 2 ms: " + redis.slowlogLen());
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void run(
      String name,
      RedisCounters counters,
      RedisCommands<String, String> redis,
      int decisions,
      int users,
      long limit)
      throws InterruptedException {
    String organization = "bench-" + users + "-" + decisions;
    Semaphore room = new Semaphore(IN_FLIGHT);
    CountDownLatch done = new CountDownLatch(decisions);
    LongAdder held = new LongAdder();
    LongAdder failed = new LongAdder();
    double before = cpuMicros(redis);
    long start = System.nanoTime();
    for (int i = 0; i < decisions; i++) {
      room.acquire();
      Hold hold = hold(organization, name + i, "user-" + i % users, limit);
      var unused =
          counters
              .admit(hold, 0)
              .whenComplete(
                  (outcome, failure) -> {
                    (failure != null
                            ? failed
                            : outcome instanceof Outcome.Held ? held : new LongAdder())
                        .increment();
                    room.release();
                    done.countDown();
                  });
    }
    done.await();
    double micros = cpuMicros(redis) - before;
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%-24s %5.1f us of Redis a decision, %,7.0f decisions a second, %,d held, %,d failed%n",
        name,
        micros / decisions,
        decisions / seconds,
        held.sum(),
        failed.sum());
  }

  private static Hold hold(String organization, String id, String user, long limit) {
    Scope scope = new Scope(Scope.Level.USER, user, Optional.of("Meta-Llama-3.3-70B-Instruct"));
    List<ScopedLimit> limits =
        List.of(
            new ScopedLimit(scope, new Rate(limit, Duration.ofMinutes(1))),
            new ScopedLimit(scope, new Rate(limit, Duration.ofHours(1))),
            new ScopedLimit(scope, new Rate(limit, Duration.ofDays(1))));
    return new Hold(id, Optional.empty(), organization, limits, Duration.ofSeconds(30));
  }

  private static double cpuMicros(RedisCommands<String, String> redis) {
    Matcher used = Pattern.compile("used_cpu_(?:sys|user):([0-9.]+)").matcher(redis.info("cpu"));
    double seconds = 0;
    while (used.find()) {
      seconds += Double.parseDouble(used.group(1));
    }
    return seconds * 1e6;
  }
}
