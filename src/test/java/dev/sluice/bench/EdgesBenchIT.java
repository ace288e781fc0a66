package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.EdgeTarget.Kind;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class EdgesBenchIT {
  private static final List<EdgeCase> ALL = EdgeCase.all(100);

  private static EdgesBench.Options options(int rounds, List<EdgeCase> cases) {
    return new EdgesBench.Options(
        Duration.ofMillis(200),
        Duration.ofMillis(50),
        rounds,
        20,
        cases,
        true,
        Optional.empty(),
        List.of());
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    EdgesFigures figures = EdgesBench.run(options(1, ALL), progress -> {});

    // The no-op and Sluice in each, envoyproxy/ratelimit in those that it answers.
    int answeredByAnyService = ALL.stream().filter(EdgeCase::anyService).toList().size();
    assertThat(figures.measured()).hasSize(2 * ALL.size() + answeredByAnyService);
    assertThat(figures.measured())
        .allSatisfy(
            measured -> {
              assertThat(measured.requests().failed()).isZero();
              assertThat(measured.requests().answered()).isPositive();
            });
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    for (EdgeCase each : ALL) {
      assertThat(json.at("/cases/" + each.id() + "/sluice" + figureOf(each)).isNumber()).isTrue();
      assertThat(figures.table()).contains(each.name());
    }
    assertThat(json.at("/cases/limit_hot/reference/cpu_beside_sluice/median").isNumber()).isTrue();
    assertThat(json.at("/cases/limit_latency/reference/p999_beside_sluice/median").isNumber())
        .isTrue();
    assertThat(figures.table())
        .contains(figures.requests() + " requests, all answered as expected");
  }

  private static String figureOf(EdgeCase each) {
    return each.latency() ? "/p99_micros/median" : "/cpu_beside_no_op/median";
  }

  /** Taken for services that decide, those that do not are found out. */
  @Test
  void anAnswerThatIsNotTheExpectedOneIsAFailure() throws Exception {
    Vertx vertx = Vertx.vertx();
    Server grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new NoOpAnswers.Authorization())
            .addService(new NoOpAnswers.RateLimit())
            .build()
            .start();
    try {
      int http =
          vertx
              .createHttpServer()
              .requestHandler(request -> request.response().end())
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .join()
              .actualPort();
      EdgeTarget impostor =
          new EdgeTarget(
              Kind.SLUICE,
              "127.0.0.1:" + grpc.getPort(),
              "http://127.0.0.1:" + http,
              Optional.empty(),
              Optional.empty());
      for (EdgeCase each : ALL) {
        if (!each.anyService() || each.id().startsWith("limit_over")) {
          assertFailure(each, impostor);
        }
      }
    } finally {
      grpc.shutdownNow();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static void assertFailure(EdgeCase asked, EdgeTarget target) {
    List<UserKey> keys = List.of(new UserKey("somebody", "some-key"));
    try (Asker load = asked.opening().open(target, keys)) {
      Requests requests = load.run(Duration.ofMillis(20));
      assertThat(requests.failed()).as(asked.name()).isPositive();
      assertThatThrownBy(() -> requests.requireSuccess(asked.name()))
          .isInstanceOf(BenchFailed.class)
          .hasMessageContaining(asked.name());
    }
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(0, ALL)).isInstanceOf(BenchFailed.class);
    assertThatThrownBy(() -> options(1, List.of()))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("cases");
  }
}
