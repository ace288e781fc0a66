package dev.sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metrics.RateLimitSeries.Kind;
import dev.sluice.testing.StatsdServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StatsdExportTest {
  private static final List<String> RULE = List.of("user_a", "path", "deep:er|x");

  private final RateLimitSeries series = new RateLimitSeries();

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private StatsdServer server(int port) throws IOException {
    StatsdServer server = StatsdServer.at(port);
    open.add(server);
    return server;
  }

  private void export(int port) {
    StatsdExport export = new StatsdExport("127.0.0.1", port, Duration.ofMillis(50), series);
    export.start();
    open.add(export);
  }

  private void count(Kind kind, int hits) {
    series.of("edge", RULE, RULE).add(kind, hits);
  }

  @Test
  void counters_areSentUnderTheNamesOfTheReference_atAnyDepth() throws Exception {
    count(Kind.TOTAL_HITS, 3);
    series.failed("redis_error");
    series.configurationLoaded();
    StatsdServer server = server(0);
    export(server.port());

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(server.lines())
                    .containsExactlyInAnyOrder(
                        "ratelimit.service.rate_limit.edge.user_a.path.deep_er_x.total_hits:3|c",
                        "ratelimit.service.call.should_rate_limit.redis_error:1|c",
                        "ratelimit.service.config_load_success:1|c"));
  }

  @Test
  void whatCameSinceTheLastTime_isSent_andNoMore() throws Exception {
    StatsdServer server = server(0);
    export(server.port());

    for (int i = 1; i <= 3; i++) {
      count(Kind.TOTAL_HITS, 2);
      long all = 2L * i;
      Awaitility.await().untilAsserted(() -> assertThat(server.sum("total_hits")).isEqualTo(all));
    }
  }

  @Test
  void serverThatIsAway_isFoundAgain_andGetsWhatWaited() throws Exception {
    StatsdServer away = StatsdServer.at(0);
    away.close();
    export(away.port());
    count(Kind.OVER_LIMIT, 7);
    // Several attempts come to nothing.
    Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);

    StatsdServer back = server(away.port());

    Awaitility.await().untilAsserted(() -> assertThat(back.sum("over_limit")).isEqualTo(7));
  }

  @Test
  void end_sendsWhatIsLeft() throws Exception {
    StatsdServer server = server(0);
    StatsdExport export = new StatsdExport("127.0.0.1", server.port(), Duration.ofHours(1), series);
    export.start();
    series.requested();

    export.close();

    Awaitility.await().untilAsserted(() -> assertThat(server.sum("total_requests")).isEqualTo(1));
  }
}
