package dev.sluice.backend;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/**
 * The client of the backends; one for each event loop, so that a request stays on its thread.
 *
 * <p>Confined to the event loop of its context. It never retries: an inference costs money.
 */
public final class Upstream {
  private final HttpClient client;
  private final UpstreamOptions options;
  private final Deployments deployments;

  public Upstream(Vertx vertx, Deployments deployments, UpstreamOptions options) {
    this.options = options;
    this.deployments = deployments;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) options.connectTimeout().toMillis())
                .setDecompressionSupported(false)
                // Shorter than any server's: a connection that it closes just then costs a request.
                .setKeepAliveTimeout(4),
            new PoolOptions().setHttp1MaxSize(Math.max(1, options.connections())));
  }

  /**
   * Opens a request to a deployment; nothing has been sent when the future succeeds.
   *
   * @param path below the deployment's base, as {@code /v1/chat/completions}
   */
  public Future<HttpClientRequest> open(String deployment, HttpMethod method, String path) {
    return deployments
        .named(deployment)
        .map(target -> open(target, method, path))
        .orElseGet(() -> Future.failedFuture("no deployment " + deployment));
  }

  private Future<HttpClientRequest> open(Deployment target, HttpMethod method, String path) {
    URI url = target.url();
    boolean ssl = url.getScheme().equals("https");
    int port = url.getPort() == -1 ? (ssl ? 443 : 80) : url.getPort();
    RequestOptions call =
        new RequestOptions()
            .setHost(url.getHost())
            .setPort(port)
            .setSsl(ssl)
            .setMethod(method)
            .setURI(base(url) + path)
            .setIdleTimeout(options.headTimeout().toMillis());
    return client
        .request(call)
        .onSuccess(
            request ->
                target
                    .apiKey()
                    .ifPresent(key -> request.putHeader("authorization", "Bearer " + key)));
  }

  /** From the head of a response on, its chunks must follow each other within the idle time-out. */
  public void expectChunks(HttpClientRequest request) {
    request.idleTimeout(options.idleTimeout().toMillis());
  }

  private static String base(URI url) {
    String path = url.getPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
