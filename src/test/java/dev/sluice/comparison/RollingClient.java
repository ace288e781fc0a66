package dev.sluice.comparison;

import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * Asks replicas in turn from several threads, all the time, as Envoy would: a replica that refuses
 * its connection is asked no more until it is back, and the next is asked instead.
 *
 * <p>It asks for one client after the other, for each as often as its limit and some times more.
 */
final class RollingClient implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int MORE = 10;

  private enum State {
    HERE,
    LEAVING,
    AWAY
  }

  private final int limit;
  private final List<String> addresses;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<State> states = new CopyOnWriteArrayList<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong turn = new AtomicLong();
  private final Map<Long, AtomicInteger> admitted = new ConcurrentHashMap<>();
  private final Map<Long, AtomicInteger> admittedBySecond = new ConcurrentHashMap<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private volatile boolean stopping;
  private long questions;

  RollingClient(List<String> addresses, int limit) {
    this.limit = limit;
    this.addresses = addresses;
    for (String address : addresses) {
      channels.add(channel(address));
      states.add(State.HERE);
    }
    for (int i = 0; i < THREADS; i++) {
      threads.execute(this::askAll);
    }
  }

  private static ManagedChannel channel(String address) {
    return NettyChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** From now on it may refuse connections. */
  void leaves(int replica) {
    states.set(replica, State.LEAVING);
  }

  void isBack(int replica) {
    ManagedChannel channel = channels.get(replica);
    Awaitility.await()
        .until(
            () -> {
              channel.resetConnectBackoff();
              return channel.getState(true) == ConnectivityState.READY;
            });
    states.set(replica, State.HERE);
  }

  /** Waits until so many more were answered. */
  void awaitAnswers(int more) {
    long before = answers.get();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> answers.get() >= before + more || !errors.isEmpty());
  }

  /** Asks for the last client to the end, and no more. */
  void stop() throws InterruptedException {
    stopping = true;
    threads.shutdown();
    if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException("a question has no answer");
    }
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  /** How many requests of each client were let pass. */
  Map<String, Integer> admittedByKey() {
    Map<String, Integer> all = new TreeMap<>();
    admitted.forEach((client, count) -> all.put("c" + client, count.get()));
    return all;
  }

  /** The most that were let pass by the limit per second in one second, of which that is sure. */
  int mostInASecond() {
    return admittedBySecond.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
  }

  private void askAll() {
    while (true) {
      long client = nextClient(limit + MORE);
      if (client < 0) {
        return;
      }
      if (isAdmitted(ask("client", "c" + client))) {
        admitted.computeIfAbsent(client, unknown -> new AtomicInteger()).incrementAndGet();
      }
      long before = System.currentTimeMillis() / 1000;
      if (isAdmitted(ask("second", "all")) && before == System.currentTimeMillis() / 1000) {
        admittedBySecond.computeIfAbsent(before, none -> new AtomicInteger()).incrementAndGet();
      }
      answers.incrementAndGet();
      pause();
    }
  }

  /** Others need the machine, too. */
  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whom to ask for; negative when it is enough, and every client was asked for to the end. */
  private synchronized long nextClient(int each) {
    return stopping && questions % each == 0 ? -1 : questions++ / each;
  }

  private static boolean isAdmitted(Code code) {
    return code == Code.OK;
  }

  private Code ask(String key, String value) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain("rolling");
    request.addDescriptorsBuilder().addEntriesBuilder().setKey(key).setValue(value);
    for (int attempt = 0; attempt < 10; attempt++) {
      int replica = Math.floorMod(turn.getAndIncrement(), addresses.size());
      if (states.get(replica) == State.AWAY) {
        continue;
      }
      try {
        return RateLimitServiceGrpc.newBlockingStub(channels.get(replica))
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .shouldRateLimit(request.build())
            .getOverallCode();
      } catch (StatusRuntimeException e) {
        boolean leaving = states.get(replica) != State.HERE;
        if (!leaving || e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          errors.add(addresses.get(replica) + ": " + e);
        }
        states.set(replica, State.AWAY);
      }
    }
    errors.add("no replica answers");
    return Code.UNKNOWN;
  }

  @Override
  public void close() {
    stopping = true;
    threads.shutdownNow();
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
