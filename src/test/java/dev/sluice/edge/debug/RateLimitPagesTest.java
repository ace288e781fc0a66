package dev.sluice.edge.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metrics.RateLimitSeries;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class RateLimitPagesTest {
  @Test
  void configuration_isPutTogether_whereNoRequestWaits() throws Exception {
    AtomicBoolean onEventLoop = new AtomicBoolean(true);
    Vertx vertx = Vertx.vertx();
    try {
      Router router = Router.router(vertx);
      new RateLimitPages(
              () -> {
                onEventLoop.set(Context.isOnEventLoopThread());
                return Optional.empty();
              },
              new RateLimitSeries())
          .addTo(router);
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(router)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      URI page = URI.create("http://127.0.0.1:" + server.actualPort() + "/rlconfig");

      String text =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
              .body();

      assertThat(text).isEqualTo("no rate limit configuration loaded\n");
      assertThat(onEventLoop).isFalse();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get();
    }
  }
}
