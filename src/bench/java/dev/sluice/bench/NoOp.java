package dev.sluice.bench;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * The floor: what the stacks of the doors for edges cost when nothing is decided.
 *
 * <p>gRPC parses each request, and builds and writes an answer of the shape that Sluice's has, of
 * constants; HTTP answers 200 without a body. As in Sluice there is one event loop for each
 * processor, and whoever reads a request answers it.
 */
public final class NoOp {
  private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private NoOp() {}

  /** Answers until it is ended. */
  public static void main(String[] args) throws IOException {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS).setPreferNativeTransport(false));
    var loops = ((VertxInternal) vertx).nettyEventLoopGroup();
    Server grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .addService(new NoOpAnswers.Authorization())
            .addService(new NoOpAnswers.RateLimit())
            .build()
            .start();
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    vertx
        .deployVerticle(() -> new Listener(port), new DeploymentOptions().setInstances(EVENT_LOOPS))
        .onSuccess(
            id ->
                System.out.println(
                    "listening: grpc 127.0.0.1:%d, http http://127.0.0.1:%d;"
                        .formatted(grpc.getPort(), port)))
        .onFailure(
            failure -> {
              failure.printStackTrace();
              System.exit(1);
            });
  }

  private static final class Listener extends VerticleBase {
    private final int port;

    Listener(int port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      Router router = Router.router(vertx);
      router
          .route("/auth")
          .handler(route -> route.response().putHeader("content-length", "0").end());
      return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
    }
  }
}
