package dev.sluice.xds;

import static dev.sluice.xds.ConfigurationServer.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.Rule;
import dev.sluice.xds.proto.RateLimitConfig;
import dev.sluice.xds.proto.RateLimitDescriptor;
import dev.sluice.xds.proto.RateLimitPolicy;
import dev.sluice.xds.proto.RateLimitReplace;
import dev.sluice.xds.proto.RateLimitUnit;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Rules from a server of configuration, over a real stream. */
class RuleStreamTest {
  private static final Backoff SOON = new Backoff(Duration.ofMillis(20), Duration.ofMillis(50), 0);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<LoadedRules> accepted = new CopyOnWriteArrayList<>();
  private ConfigurationServer server;
  private RuleStream stream;

  @BeforeEach
  void start() {
    server = new ConfigurationServer(0);
    stream = stream(server.port());
    stream.start();
  }

  @AfterEach
  void stop() {
    stream.close();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private RuleStream stream(int port) {
    return new RuleStream(
        new XdsOptions(
            "127.0.0.1:" + port,
            "node-1",
            Map.of("zone", "a"),
            Map.of("x-tenant", "acme"),
            Optional.empty(),
            Optional.empty(),
            1 << 20,
            SOON),
        loops,
        accepted::add,
        new Metrics(),
        new Random(1));
  }

  @Test
  void whatCannotBeConnectedAtAll_isTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Supplier<SslContext> broken =
        () -> {
          attempts.incrementAndGet();
          throw new IllegalStateException("no such provider");
        };
    XdsOptions options =
        new XdsOptions(
            "127.0.0.1:" + server.port(),
            "node-1",
            Map.of(),
            Map.of(),
            Optional.of(broken),
            Optional.empty(),
            1 << 20,
            SOON);
    RuleStream other = new RuleStream(options, loops, accepted::add, new Metrics(), new Random(1));

    other.start();

    Awaitility.await().until(() -> attempts.get() > 2);
    other.close();
  }

  @Test
  void start_asksForAllRules_andSaysWhoItIs() {
    DiscoveryRequest first = server.request();

    assertThat(first.getTypeUrl())
        .isEqualTo("type.googleapis.com/ratelimit.config.ratelimit.v3.RateLimitConfig");
    assertThat(first.getNode().getId()).isEqualTo("node-1");
    assertThat(first.getNode().getMetadata().getFieldsOrThrow("zone").getStringValue())
        .isEqualTo("a");
    assertThat(first.getVersionInfo()).isEmpty();
    assertThat(server.header("x-tenant")).isEqualTo("acme");
  }

  @Test
  void goodRules_areTakenAndAcknowledged_andReplaceAllBefore() {
    server.request();

    DiscoveryRequest acknowledged =
        server.send(
            "1",
            rule("one", "user", RateLimitUnit.MINUTE, 5),
            rule("two", "user", RateLimitUnit.WEEK, 7));

    assertThat(acknowledged.getVersionInfo()).isEqualTo("1");
    assertThat(acknowledged.getResponseNonce()).isEqualTo("nonce-1");
    assertThat(acknowledged.hasErrorDetail()).isFalse();
    assertThat(rules()).extracting(Rule::key).containsExactly("one.user", "two.user");
    assertThat(rules().get(1).limit().orElseThrow().seconds()).isEqualTo(7 * 24 * 3600);

    server.send("2", rule("three", "user", RateLimitUnit.HOUR, 5));
    assertThat(rules()).extracting(Rule::key).containsExactly("three.user");

    assertThat(server.send("3").hasErrorDetail()).isFalse();
    assertThat(rules()).isEmpty();
  }

  @Test
  void everyFieldOfARule_isTaken() {
    server.request();

    DiscoveryRequest answer =
        server.send(
            "1",
            RateLimitConfig.newBuilder()
                .setDomain("one")
                .addDescriptors(
                    RateLimitDescriptor.newBuilder()
                        .setKey("tenant")
                        .setValue("tab\t\"quoted\" \\ ä 007 true")
                        .addDescriptors(
                            RateLimitDescriptor.newBuilder()
                                .setKey("user")
                                .setRateLimit(
                                    RateLimitPolicy.newBuilder()
                                        .setUnit(RateLimitUnit.DAY)
                                        .setRequestsPerUnit(-1) // as unsigned: the most there is
                                        .setName("daily")
                                        .addReplaces(
                                            RateLimitReplace.newBuilder().setName("other")))
                                .setShadowMode(true)
                                .setQuotaMode(true)
                                .setDetailedMetric(true)
                                .setMetadata(
                                    Struct.newBuilder()
                                        .putFields(
                                            "k", Value.newBuilder().setStringValue("v").build()))))
                .addDescriptors(
                    RateLimitDescriptor.newBuilder()
                        .setKey("free")
                        .setRateLimit(RateLimitPolicy.newBuilder().setUnlimited(true)))
                .build());

    assertThat(answer.getErrorDetail().getMessage()).isEmpty();
    Rule free = rules().get(0);
    assertThat(free.limit()).isEmpty();
    Rule rule = rules().get(1);
    assertThat(rule.path()).containsExactly("tenant_tab\t\"quoted\" \\ ä 007 true", "user");
    assertThat(rule.limit().orElseThrow().requests()).isEqualTo(0xFFFF_FFFFL);
    assertThat(rule.name()).isEqualTo("daily");
    assertThat(rule.replaces()).containsExactly("other");
    assertThat(rule.shadow() && rule.quota() && rule.detailedMetric()).isTrue();
    assertThat(rule.metadata().fields()).containsOnlyKeys("k");
  }

  @Test
  void badRules_areRefusedWithAllThatIsWrong_andThoseBeforeStay() {
    server.request();
    server.send("1", rule("one", "user", RateLimitUnit.MINUTE, 5));

    DiscoveryRequest refused =
        server.send(
            "2",
            rule("two", "user", RateLimitUnit.UNKNOWN, 5),
            rule("two", "", RateLimitUnit.DAY, 5));

    assertThat(refused.getVersionInfo()).isEqualTo("1");
    assertThat(refused.getResponseNonce()).isEqualTo("nonce-2");
    assertThat(refused.getErrorDetail().getCode()).isEqualTo(3);
    assertThat(refused.getErrorDetail().getMessage())
        .contains(
            "two-config",
            "invalid rate limit unit ''",
            "duplicate domain 'two'",
            "descriptor has empty key");
    assertThat(rules()).extracting(Rule::key).containsExactly("one.user");

    assertThat(server.send("3", rule("two", "user", RateLimitUnit.DAY, 5)).hasErrorDetail())
        .isFalse();
  }

  @Test
  void resourceOfAnotherType_isRefused() {
    server.request();

    DiscoveryRequest refused = server.send("1", Struct.getDefaultInstance());

    assertThat(refused.getErrorDetail().getMessage()).contains("type.googleapis.com/another");
    assertThat(accepted).isEmpty();
  }

  @Test
  void serverThatGoesAndComesBack_isAskedAgainWithTheVersionInForce() {
    server.request();
    server.send("1", rule("one", "user", RateLimitUnit.MINUTE, 5));
    int port = server.port();
    server.close();

    server = new ConfigurationServer(port);

    DiscoveryRequest again = server.request();
    assertThat(again.getVersionInfo()).isEqualTo("1");
    assertThat(again.getNode().getId()).isEqualTo("node-1");
    server.send("2", rule("two", "user", RateLimitUnit.MINUTE, 5));
    await().until(() -> rules().get(0).key().equals("two.user"));
  }

  @Test
  void serverThatIsNotThereYet_isSaidToBeLostOnce_andFoundWhenItIs() {
    int port = server.port();
    stream.close();
    server.close();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RuleStream.class);
    lines.start();
    logger.addAppender(lines);

    stream = stream(port);
    stream.start();
    await().until(() -> !lines.list.isEmpty());
    // It tries again meanwhile, and says it no more.
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains("is lost", "UNAVAILABLE");
    logger.detachAppender(lines);
    server = new ConfigurationServer(port);

    assertThat(server.request().getTypeUrl()).isNotEmpty();
  }

  private List<Rule> rules() {
    return accepted.get(accepted.size() - 1).tree().rules();
  }
}
