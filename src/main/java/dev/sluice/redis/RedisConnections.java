package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The connections to Redis: one for each event loop; to a cluster, one for all.
 *
 * <p>A call that is made on an event loop uses that loop's connection and completes on that loop;
 * any other takes the connections in turn. Every call ends by its deadline; one that fails does so
 * with {@link RedisUnavailable}. After calls that Redis did not answer by their deadline, others
 * end at once until it answers anything; it is probed meanwhile. Nothing is sent again after a
 * reconnect, but for what is to be {@linkplain #deliver delivered}.
 *
 * <p>Safe for use by many threads; no call blocks, except {@link #close}.
 */
public final class RedisConnections implements AutoCloseable {
  /** The first of them may be slow for reasons of this process. */
  private static final int PINGS = 5;

  private final List<RedisConnection> connections;
  private final List<RedisLink> links;
  private final List<ClientResources> resources;
  private final HashedWheelTimer timer;
  private final Undelivered undelivered;
  private final Reachability reachability;
  private final AtomicInteger turn = new AtomicInteger();

  private RedisConnections(
      List<RedisConnection> connections,
      List<RedisLink> links,
      List<ClientResources> resources,
      HashedWheelTimer timer,
      Undelivered undelivered,
      Reachability reachability) {
    this.connections = connections;
    this.links = links;
    this.resources = resources;
    this.timer = timer;
    this.undelivered = undelivered;
    this.reachability = reachability;
  }

  /**
   * Connects in the background; while Redis is not there, calls fail at once.
   *
   * @param loops where the connections live; they are not shut down by {@link #close}
   */
  public static RedisConnections open(RedisOptions options, EventLoopGroup loops, Metrics metrics) {
    RedisNodes nodes = RedisNodes.parse(options.url());
    return open(options, nodes, loops, metrics, new Reachability(nodes, metrics));
  }

  /** Further connections to the same Redis, for calls with another deadline. */
  public RedisConnections beside(RedisOptions options, EventLoopGroup loops, Metrics metrics) {
    return open(options, RedisNodes.parse(options.url()), loops, metrics, reachability);
  }

  private static RedisConnections open(
      RedisOptions options,
      RedisNodes nodes,
      EventLoopGroup loops,
      Metrics metrics,
      Reachability reachability) {
    // The loops are shared with gRPC and HTTP, and of Netty's portable kind.
    System.setProperty("io.lettuce.core.epoll", "false");
    System.setProperty("io.lettuce.core.iouring", "false");
    HashedWheelTimer timer =
        new HashedWheelTimer(new DefaultThreadFactory("redis-reconnect", true));
    List<EventLoop> homes = nodes.cluster() ? List.of(loops.next()) : all(loops);
    reachability.expect(homes.size());
    List<RedisConnection> connections = new ArrayList<>();
    List<RedisLink> links = new ArrayList<>();
    List<ClientResources> resources = new ArrayList<>();
    // What one connection learns of a server concerns all of them.
    Preparation preparation =
        new Preparation(
            reachability,
            () -> connections.forEach(connection -> connection.onLoop(connection::reset)));
    for (EventLoop home : homes) {
      ChannelTap tap = new ChannelTap();
      ClientResources its = resources(nodes.cluster() ? loops : home, loops, timer, tap);
      RedisLink link =
          nodes.cluster()
              ? new ClusterLink(its, nodes.all(), options.tls())
              : new SingleLink(its, nodes.all().get(0), tap, options.tls());
      resources.add(its);
      links.add(link);
      connections.add(new RedisConnection(home, link, preparation, options, nodes.tls(), metrics));
    }
    connections.forEach(RedisConnection::open);
    Undelivered undelivered = new Undelivered(homes.get(0), System::nanoTime, metrics);
    return new RedisConnections(connections, links, resources, timer, undelivered, reachability);
  }

  /**
   * Runs a script.
   *
   * @param keys all in one slot
   * @return the array that the script replies: {@code Long}, {@code byte[]}, lists of these, and
   *     null in the place of what is missing
   */
  public CompletionStage<List<Object>> run(
      Script script, List<String> keys, List<String> arguments) {
    return connection().run(script, keys.toArray(String[]::new), bytes(arguments));
  }

  /** Runs a script of which many are run at once, and leaves room for other calls. */
  CompletionStage<List<Object>> runWithReserve(
      Script script, List<String> keys, List<String> arguments) {
    return connection().runWithReserve(script, keys.toArray(String[]::new), bytes(arguments));
  }

  private static byte[][] bytes(List<String> arguments) {
    byte[][] bytes = new byte[arguments.size()][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = arguments.get(i).getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }

  /**
   * Runs a script that changes nothing when it is repeated; if Redis does not answer, it is
   * repeated in the background until Redis does, or the time is over.
   *
   * @return what came of the first time
   */
  CompletionStage<List<Object>> deliver(
      Script script, List<String> keys, List<String> arguments, Duration time) {
    return undelivered.deliver(script.name(), () -> run(script, keys, arguments), time);
  }

  /** Repeats a call as {@link #deliver(Script, List, List, Duration)} does. */
  <T> void deliver(String name, Supplier<CompletionStage<T>> call, Duration time) {
    var unused = undelivered.deliver(name, call, time);
  }

  /** Asks whether Redis answers: for readiness. */
  public CompletionStage<Void> ping() {
    return connection().ping().thenAccept(pong -> {});
  }

  /** How long ago Redis answered anything, on any of these; empty when it never did. */
  public Optional<Duration> sinceAnswer() {
    long nanos =
        connections.stream().mapToLong(RedisConnection::sinceAnswer).min().orElse(Long.MAX_VALUE);
    return nanos == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /** What is wrong with Redis, or its settings, and what to do; empty when nothing is known. */
  public Optional<String> trouble() {
    return reachability.trouble();
  }

  /** Waits until Redis answers on each connection, or the time is over. Not for an event loop. */
  public boolean awaitAnswer(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        for (RedisConnection connection : connections) {
          connection.ping().toCompletableFuture().join();
        }
        return true;
      } catch (CompletionException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    return false;
  }

  /**
   * The shortest round trip of a few pings, also when it is longer than the deadline of calls;
   * empty when none was answered in the time. Not for an event loop.
   */
  public Optional<Duration> roundTrip(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    List<Duration> trips = new ArrayList<>();
    while (trips.size() < PINGS && System.nanoTime() < deadline) {
      try {
        long left = deadline - System.nanoTime();
        trips.add(connections.get(0).timedPing().get(left, TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (TimeoutException e) {
        break;
      }
    }
    return trips.stream().min(Comparator.naturalOrder());
  }

  /** Ends all calls and connections, and waits for that, 2 s at most. Not for an event loop. */
  @Override
  public void close() {
    undelivered.close();
    connections.forEach(RedisConnection::close);
    try {
      CompletableFuture.allOf(
              links.stream()
                  .map(link -> link.close().toCompletableFuture())
                  .toArray(CompletableFuture<?>[]::new))
          .get(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // What is left of the connections ends with the event loops.
    }
    for (ClientResources its : resources) {
      var unused = its.shutdown(0, 1, TimeUnit.SECONDS);
    }
    timer.stop();
  }

  List<RedisConnection> all() {
    return connections;
  }

  /** What makes the calls of this thread. */
  RedisConnection connection() {
    for (RedisConnection connection : connections) {
      if (connection.onThisThread()) {
        return connection;
      }
    }
    return connections.get(Math.floorMod(turn.getAndIncrement(), connections.size()));
  }

  private static List<EventLoop> all(EventLoopGroup loops) {
    List<EventLoop> all = new ArrayList<>();
    for (EventExecutor loop : loops) {
      all.add((EventLoop) loop);
    }
    return all;
  }

  private static ClientResources resources(
      EventLoopGroup home, EventLoopGroup loops, HashedWheelTimer timer, ChannelTap tap) {
    return DefaultClientResources.builder()
        .eventLoopGroupProvider(new Borrowed(home))
        .eventExecutorGroup(loops)
        .timer(timer)
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .reconnectDelay(
            Delay.exponential(
                Duration.ofMillis(20), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS))
        .nettyCustomizer(tap)
        .build();
  }

  /** Event loops that belong to somebody else. */
  private record Borrowed(EventLoopGroup loops) implements EventLoopGroupProvider {
    @Override
    @SuppressWarnings("unchecked") // Lettuce asks for the class of its default, and uses the type.
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
      return (T) loops;
    }

    @Override
    public int threadPoolSize() {
      return 1;
    }

    @Override
    public Future<Boolean> release(
        EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
  }
}
