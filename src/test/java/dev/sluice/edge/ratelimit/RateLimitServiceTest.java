package dev.sluice.edge.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UInt64Value;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.LocalShare;
import dev.sluice.ratelimit.RateLimitOptions;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.ratelimit.RuleTree;
import dev.sluice.ratelimit.Untold;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import dev.sluice.redis.RedisRateLimitCounters;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceBlockingStub;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceStub;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The service as Envoy meets it: over the network, with a real Redis behind it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RateLimitServiceTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:20:25.300Z");
  private static final String RULES =
      """
      domain: edge
      descriptors:
        - key: minute
          rate_limit: {unit: minute, requests_per_unit: 2, name: two}
        - key: week
          rate_limit: {unit: WEEK, requests_per_unit: 4294967295}
        - key: parallel
          rate_limit: {unit: hour, requests_per_unit: 100}
        - key: free
          rate_limit: {unlimited: true}
      """;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  private final AtomicInteger names = new AtomicInteger();
  private volatile Optional<RuleTree> rules = Optional.empty();
  private RedisConnections connections;
  private Server server;
  private ManagedChannel channel;
  private RateLimitServiceBlockingStub service;
  private RateLimitServiceStub many;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("edge.yaml"), RULES);
    rules = Optional.of(RuleLoader.load(new RuleFiles(directory, false, false)).tree());
    RedisOptions options = new RedisOptions(redis.url(), Duration.ofSeconds(2), 10_000);
    connections = RedisConnections.open(options, loops, new Metrics());
    assertThat(connections.awaitAnswer(Duration.ofSeconds(10))).isTrue();
    DescriptorLimits limits =
        new DescriptorLimits(
            () -> rules,
            new RedisRateLimitCounters(connections, 300),
            Optional.empty(),
            new LocalShare(() -> 1, System::nanoTime),
            RateLimitOptions.DEFAULTS,
            () -> NOW,
            new Untold());
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .addService(new RateLimitService(limits, RateLimitAnswers.PLAIN, new Metrics()))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    service = RateLimitServiceGrpc.newBlockingStub(channel);
    many = RateLimitServiceGrpc.newStub(channel);
  }

  @AfterAll
  void stop() throws Exception {
    channel.shutdownNow();
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    connections.close();
    redis.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void shouldRateLimit_withinAndOverALimit_fillsTheStatus() {
    RateLimitRequest request = request(descriptor("minute", unique()));

    DescriptorStatus first = ask(request).getStatuses(0);
    ask(request);
    RateLimitResponse third = ask(request);

    assertThat(first.getCode()).isEqualTo(Code.OK);
    assertThat(first.getLimitRemaining()).isEqualTo(1);
    assertThat(first.getCurrentLimit().getName()).isEqualTo("two");
    assertThat(first.getCurrentLimit().getRequestsPerUnit()).isEqualTo(2);
    assertThat(first.getCurrentLimit().getUnit()).isEqualTo(Unit.MINUTE);
    assertThat(first.getDurationUntilReset().getSeconds()).isEqualTo(35);
    assertThat(third.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(third.getStatuses(0).getCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(third.getStatuses(0).getLimitRemaining()).isZero();
  }

  @Test
  void shouldRateLimit_severalDescriptors_answersEachInItsPlace() {
    RateLimitResponse response =
        ask(
            request(
                descriptor("unknown", "x"), descriptor("week", unique()), descriptor("free", "x")));

    assertThat(response.getOverallCode()).isEqualTo(Code.OK);
    assertThat(response.getStatusesList()).hasSize(3);
    assertThat(response.getStatuses(0))
        .isEqualTo(DescriptorStatus.newBuilder().setCode(Code.OK).build());
    assertThat(response.getStatuses(1).getCurrentLimit().getUnit()).isEqualTo(Unit.WEEK);
    assertThat(Integer.toUnsignedLong(response.getStatuses(1).getLimitRemaining()))
        .isEqualTo(4294967294L);
    assertThat(response.getStatuses(2))
        .isEqualTo(DescriptorStatus.newBuilder().setCode(Code.OK).setLimitRemaining(-1).build());
  }

  @Test
  void shouldRateLimit_ownLimitOfAWeek_isTakenByItsNumber() {
    RateLimitDescriptor.Builder descriptor = descriptor("any", unique());
    descriptor.getLimitBuilder().setRequestsPerUnit(9).setUnitValue(7);

    DescriptorStatus status = ask(request(descriptor)).getStatuses(0);

    assertThat(status.getCurrentLimit().getUnit()).isEqualTo(Unit.WEEK);
    assertThat(status.getLimitRemaining()).isEqualTo(8);
  }

  @Test
  void shouldRateLimit_hitsAddend_zeroOnlyLooks() {
    String name = unique();
    RateLimitDescriptor.Builder look = descriptor("minute", name).setHitsAddend(UInt64Value.of(0));
    RateLimitDescriptor.Builder two = descriptor("minute", name).setHitsAddend(UInt64Value.of(2));

    assertThat(ask(request(look)).getStatuses(0).getLimitRemaining()).isEqualTo(2);
    assertThat(ask(request(two)).getStatuses(0).getLimitRemaining()).isZero();
    assertThat(ask(request(look)).getStatuses(0).getCode()).isEqualTo(Code.OK);
    assertThat(ask(request(two)).getStatuses(0).getCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(ask(request(look)).getStatuses(0).getCode()).isEqualTo(Code.OVER_LIMIT);
  }

  @Test
  void shouldRateLimit_thatCannotBeJudged_isUnknownAndSaysWhy() {
    assertUnknown(RateLimitRequest.getDefaultInstance(), "rate limit domain must not be empty");
    assertUnknown(
        RateLimitRequest.newBuilder().setDomain("edge").build(),
        "rate limit descriptor list must not be empty");
    RateLimitDescriptor.Builder noUnit = descriptor("any", "x");
    noUnit.getLimitBuilder().setRequestsPerUnit(9);
    assertUnknown(
        request(noUnit),
        "a descriptor's limit has the unit number 0; expected 1 (SECOND) to 7 (WEEK)");
    assertUnknown(
        request(descriptor("minute", "x").setHitsAddend(UInt64Value.of(Long.MIN_VALUE))),
        "hits_addend must be less than 2147483648, but is 9223372036854775808");
  }

  @Test
  void shouldRateLimit_noRules_isUnknown() {
    Optional<RuleTree> before = rules;
    rules = Optional.empty();
    try {
      assertUnknown(request(descriptor("minute", unique())), "no rate limit configuration loaded");
    } finally {
      rules = before;
    }
  }

  @Test
  void shouldRateLimit_manyAtOnce_admitsExactlyTheLimit() throws Exception {
    RateLimitRequest request = request(descriptor("parallel", unique()));
    AtomicInteger admitted = new AtomicInteger();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch answers = new CountDownLatch(1_000);

    for (int i = 0; i < 1_000; i++) {
      many.shouldRateLimit(
          request,
          new StreamObserver<>() {
            @Override
            public void onNext(RateLimitResponse response) {
              admitted.addAndGet(response.getOverallCode() == Code.OK ? 1 : 0);
            }

            @Override
            public void onError(Throwable failure) {
              failures.add(String.valueOf(failure.getMessage()));
              answers.countDown();
            }

            @Override
            public void onCompleted() {
              answers.countDown();
            }
          });
    }

    assertThat(answers.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(failures).isEmpty();
    assertThat(admitted).hasValue(100);
  }

  @Test
  void shouldRateLimit_redisStandsStill_isUnknownByTheDeadline() throws Exception {
    RateLimitRequest request = request(descriptor("parallel", unique()));
    signal("STOP");
    try {
      long start = System.nanoTime();
      assertThatThrownBy(() -> service.shouldRateLimit(request))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              failure -> {
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
                assertThat(failure.getStatus().getDescription())
                    .contains("Redis")
                    .contains("no answer within 2000 ms");
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    } finally {
      signal("CONT");
    }
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(ask(request).getStatusesCount()).isEqualTo(1));
  }

  private RateLimitResponse ask(RateLimitRequest request) {
    return service.withDeadlineAfter(10, TimeUnit.SECONDS).shouldRateLimit(request);
  }

  private void assertUnknown(RateLimitRequest request, String message) {
    assertThatThrownBy(() -> ask(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            failure -> {
              assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
              assertThat(failure.getStatus().getDescription()).isEqualTo(message);
            });
  }

  private static RateLimitRequest request(RateLimitDescriptor.Builder... descriptors) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain("edge");
    for (RateLimitDescriptor.Builder descriptor : descriptors) {
      request.addDescriptors(descriptor);
    }
    return request.build();
  }

  private static RateLimitDescriptor.Builder descriptor(String key, String value) {
    RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
    descriptor.addEntriesBuilder().setKey(key).setValue(value);
    return descriptor;
  }

  private String unique() {
    return "v" + names.getAndIncrement();
  }

  private void signal(String signal) throws Exception {
    String pid = Long.toString(redis.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }
}
