package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metrics.Metrics;
import dev.sluice.testing.LogLines;
import dev.sluice.testing.Wire;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the log says of a Redis that answers late, or not. */
final class ReachabilityTest {
  @Test
  void aCallThatIsLate_isNotSaid() {
    try (LogLines log = LogLines.warnings(Reachability.class)) {
      Reachability reachability =
          new Reachability(RedisNodes.parse("redis://127.0.0.1:1"), new Metrics());
      reachability.expect(1);
      reachability.connected();

      reachability.late(System.nanoTime() - TimeUnit.SECONDS.toNanos(2), "no answer within 2 s");

      assertThat(log.lines()).isEmpty();
      assertThat(reachability.trouble()).isEmpty();
    }
  }

  @Test
  void standsStill_isLostOnce_andBackOnce() throws Exception {
    assertThat(said(Wire::standStill))
        .satisfiesExactly(
            lost -> assertThat(lost).contains(" is lost: no answer within 50 ms"),
            back -> assertThat(back).endsWith(" is back"));
  }

  @Test
  void answersAfterTheDeadline_isCalledTooLate_notLost() throws Exception {
    assertThat(said(wire -> wire.lengthen(Duration.ofMillis(150))))
        .satisfiesExactly(
            late -> assertThat(late).contains("answers, but too late: no answer within 50 ms"),
            again -> assertThat(again).endsWith(" answers in time again"));
  }

  private interface Fault {
    void befall(Wire wire);
  }

  /** What is said from a fault until all is well again, while somebody calls. */
  private static List<String> said(Fault fault) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        Wire wire = new Wire(URI.create(redis.url()).getPort());
        RedisConnections connections =
            Store.connect(new RedisOptions(wire.url(), Duration.ofMillis(50), 10_000), loops);
        LogLines log = LogLines.all(Reachability.class)) {
      fault.befall(wire);
      awaitLine(connections, log, 1);
      wire.lengthen(Duration.ZERO);
      wire.mend();
      awaitLine(connections, log, 2);
      return log.lines();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void awaitLine(RedisConnections connections, LogLines log, int lines) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              var unused = connections.ping();
              return log.lines().size() >= lines;
            });
  }
}
