package dev.sluice.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;

/**
 * The floor: what the gateway's HTTP stack costs when it only forwards. It reads the body, sends it
 * on, and relays the answer chunk by chunk with back-pressure; when the client leaves, it stops the
 * backend. It checks, counts and bounds nothing.
 */
public final class BareProxy {
  private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private BareProxy() {}

  /** Forwards to the URL that is its argument, until it is ended. */
  public static void main(String[] args) throws IOException {
    URI backend = URI.create(args[0]);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS).setPreferNativeTransport(false));
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    vertx
        .deployVerticle(
            () -> new Listener(backend, port), new DeploymentOptions().setInstances(EVENT_LOOPS))
        .onSuccess(id -> System.out.println("listening on http://127.0.0.1:" + port))
        .onFailure(
            failure -> {
              failure.printStackTrace();
              System.exit(1);
            });
  }

  private static final class Listener extends VerticleBase {
    private final URI backend;
    private final int port;

    Listener(URI backend, int port) {
      this.backend = backend;
      this.port = port;
    }

    @Override
    public Future<?> start() {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions().setDecompressionSupported(false),
              new PoolOptions().setHttp1MaxSize(GatewayStack.SLOTS));
      Router router = Router.router(vertx);
      router.post("/v1/chat/completions").handler(route -> forward(client, route.request()));
      return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
    }

    private void forward(HttpClient client, HttpServerRequest request) {
      RequestOptions call =
          new RequestOptions()
              .setHost(backend.getHost())
              .setPort(backend.getPort())
              .setMethod(request.method())
              .setURI(request.uri());
      request
          .body()
          .compose(body -> client.request(call).compose(opened -> send(request, opened, body)))
          .compose(answer -> relay(answer, request.response()))
          .onFailure(failure -> request.response().reset());
    }

    private static Future<HttpClientResponse> send(
        HttpServerRequest request, HttpClientRequest opened, Buffer body) {
      request.response().closeHandler(v -> opened.reset());
      opened.headers().setAll(request.headers()).remove("host");
      return opened.send(body);
    }

    private static Future<Void> relay(HttpClientResponse answer, HttpServerResponse response) {
      response.setStatusCode(answer.statusCode());
      response.headers().setAll(answer.headers());
      return answer.pipeTo(response);
    }
  }
}
