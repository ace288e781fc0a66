package dev.sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metrics.RateLimitSeries.Kind;
import dev.sluice.testing.StatsdServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    export(port, Map.of());
  }

  private void export(int port, Map<String, String> tags) {
    StatsdExport export = new StatsdExport("127.0.0.1", port, Duration.ofMillis(50), tags, series);
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
  void tags_standBehindEachName_inTheOrderOfTheirs_withoutWhatEndsAName() throws Exception {
    count(Kind.OVER_LIMIT, 3);
    series.requested();
    StatsdServer server = server(0);
    export(server.port(), Map.of("zone", "a|b", "version", "1.2", "none", ""));
    series.answered(1_000_000);

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(server.lines())
                    .containsExactlyInAnyOrder(
                        "ratelimit.service.rate_limit.edge.user_a.path.deep_er_x.over_limit"
                            + ".__version=1_2.__zone=a_b:3|c",
                        "ratelimit_server.ShouldRateLimit.total_requests.__version=1_2.__zone=a_b:1|c",
                        "ratelimit_server.ShouldRateLimit.response_time.__version=1_2.__zone=a_b"
                            + ":1.000|ms"));
  }

  @Test
  void responseTimes_areSentOnce_inMilliseconds() throws Exception {
    StatsdServer server = server(0);
    export(server.port());

    series.answered(312_900);
    series.answered(2_500_000_000L);
    series.requested();

    // All that came before is there when a later flush is.
    Awaitility.await().untilAsserted(() -> assertThat(times(server)).hasSize(2));
    count(Kind.TOTAL_HITS, 1);
    Awaitility.await().untilAsserted(() -> assertThat(server.sum("total_hits")).isEqualTo(1));
    assertThat(times(server)).containsExactly("0.312|ms", "2500.000|ms");
  }

  @Test
  void moreResponseTimesThanAreKept_areAnEvenShare_whichIsSaid() throws Exception {
    series.responseTimes().keep();
    int all = 2 * ResponseTimes.MOST;
    for (int i = 0; i < all; i++) {
      // The first half fast, the second half slow.
      series.answered(i < all / 2 ? 1_000_000 : 2_000_000);
    }
    ResponseTimes.Drawn drawn = series.responseTimes().take();

    assertThat(drawn.share()).isEqualTo(0.5);
    assertThat(drawn.nanos()).hasSize(ResponseTimes.MOST);
    // Of 8,192 that are drawn, half are of each kind but for some tens.
    assertThat(drawn.nanos().stream().filter(took -> took == 1_000_000).count())
        .isBetween(ResponseTimes.MOST / 2L - 500, ResponseTimes.MOST / 2L + 500);
    assertThat(series.responseTimes().take().nanos()).isEmpty();
  }

  @Test
  void sharesOfResponseTimes_areSentWithTheShare() throws Exception {
    StatsdServer server = server(0);
    StatsdExport export =
        new StatsdExport("127.0.0.1", server.port(), Duration.ofHours(1), Map.of(), series);
    export.start();
    for (int i = 0; i < 4 * ResponseTimes.MOST; i++) {
      series.answered(1_000_000);
    }

    export.close();

    Awaitility.await().untilAsserted(() -> assertThat(times(server)).hasSize(ResponseTimes.MOST));
    assertThat(times(server)).containsOnly("1.000|ms|@0.250000");
  }

  private static List<String> times(StatsdServer server) {
    String name = "ratelimit_server.ShouldRateLimit.response_time:";
    return server.lines().stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .toList();
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
    StatsdExport export =
        new StatsdExport("127.0.0.1", server.port(), Duration.ofHours(1), Map.of(), series);
    export.start();
    series.requested();

    export.close();

    Awaitility.await().untilAsserted(() -> assertThat(server.sum("total_requests")).isEqualTo(1));
  }
}
