package dev.sluice.edge.debug;

import dev.sluice.edge.Answer;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.http.Bodies;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /explain}: what would become of a request to {@code /json}, without counting it. */
public final class RateLimitExplainPage implements DebugPages {
  private static final Logger log = LoggerFactory.getLogger(RateLimitExplainPage.class);

  private final Bodies bodies;
  private final Function<byte[], CompletionStage<Answer>> explain;

  /** What is explained asks Redis on the connections of requests. */
  private final Semaphore room = new Semaphore(4);

  /**
   * @param explain answers a body; called on an event loop
   */
  public RateLimitExplainPage(Bodies bodies, Function<byte[], CompletionStage<Answer>> explain) {
    this.bodies = bodies;
    this.explain = explain;
  }

  @Override
  public String index() {
    return """
        /explain (POST, the body as for /json): which rule each descriptor meets, and what would become of it
        """;
  }

  @Override
  public void addTo(Router router) {
    router.post("/explain").handler(this::answer);
  }

  private void answer(RoutingContext route) {
    if (!room.tryAcquire()) {
      route.response().setStatusCode(503);
      var unused = route.response().end("others are being explained: try again\n");
      return;
    }
    HttpServerRequest request = route.request();
    request.response().exceptionHandler(failure -> {});
    bodies
        .read(request)
        .compose(
            body -> {
              byte[] bytes = body.buffer().getBytes();
              bodies.release(body);
              return Future.fromCompletionStage(
                  explain.apply(bytes), route.vertx().getOrCreateContext());
            })
        .onComplete(over -> room.release())
        .onSuccess(answer -> send(route, answer))
        .onFailure(failure -> failed(route, failure));
  }

  private static void failed(RoutingContext route, Throwable failure) {
    if (failure instanceof BadRequest bad) {
      route.response().setStatusCode(bad.status());
      var unused = route.response().end(bad.error().message() + "\n");
    } else if (!Bodies.clientLeft(failure)) {
      log.error("an explanation failed", failure);
      var unused = route.response().setStatusCode(500).end();
    }
  }

  private static void send(RoutingContext route, Answer answer) {
    route.response().setStatusCode(answer.status());
    answer.headers().forEach(route.response()::putHeader);
    var unused = route.response().end(answer.body());
  }
}
