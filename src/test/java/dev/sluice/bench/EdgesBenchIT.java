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
  private static EdgesBench.Options options(int rounds, List<EdgeCase> cases) {
    return new EdgesBench.Options(
        Duration.ofMillis(200),
        Duration.ofMillis(50),
        rounds,
        20,
        cases,
        Optional.empty(),
        List.of());
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    EdgesFigures figures = EdgesBench.run(options(1, EdgeCase.ALL), progress -> {});

    assertThat(figures.measured()).hasSize(2 * EdgeCase.ALL.size());
    assertThat(figures.measured())
        .allSatisfy(
            measured -> {
              assertThat(measured.requests().failed()).isZero();
              assertThat(measured.requests().answered()).isPositive();
            });
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    for (EdgeCase each : EdgeCase.ALL) {
      assertThat(json.at("/cases/" + each.id() + "/cpu_micros/ratio/median").isNumber()).isTrue();
      assertThat(figures.table()).contains(each.name());
    }
    assertThat(figures.table())
        .contains(figures.requests() + " requests, all answered as expected");
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
              Optional.empty());
      for (EdgeCase each : EdgeCase.ALL) {
        if (!each.anyService() || each.id().equals("limit_over")) {
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
    try (ClosedLoop load = asked.opening().open(target, keys)) {
      Requests requests = load.run(Duration.ofMillis(20));
      assertThat(requests.failed()).as(asked.name()).isPositive();
      assertThatThrownBy(() -> requests.requireSuccess(asked.name()))
          .isInstanceOf(BenchFailed.class)
          .hasMessageContaining(asked.name());
    }
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(0, EdgeCase.ALL)).isInstanceOf(BenchFailed.class);
    assertThatThrownBy(() -> options(1, List.of()))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("cases");
  }
}
