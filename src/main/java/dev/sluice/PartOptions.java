package dev.sluice;

import dev.sluice.backend.UpstreamOptions;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.envoy.GrpcDoorOptions;
import dev.sluice.edge.http.BodyBounds;
import dev.sluice.edge.http.CorsOptions;
import dev.sluice.edge.http.Endpoint;
import dev.sluice.edge.http.HttpDoorOptions;
import dev.sluice.edge.openai.GatewayOptions;
import dev.sluice.edge.ratelimit.RateLimitAnswers;
import dev.sluice.edge.tls.DoorTls;
import dev.sluice.redis.RedisOptions;
import dev.sluice.redis.RedisTls;
import java.time.Duration;
import java.util.Optional;

/** The settings of sluice.yaml as the options of the parts, with what has no setting. */
final class PartOptions {
  private static final int REDIS_CALLS_IN_FLIGHT = 10_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(75);

  private static final String LOOPBACK = "127.0.0.1";

  private PartOptions() {}

  static RedisOptions redis(String url, Duration deadline, Optional<RedisTls> tls) {
    return new RedisOptions(url, deadline, REDIS_CALLS_IN_FLIGHT, tls);
  }

  static GatewayOptions gateway(SluiceConfig settings, Endpoints endpoints) {
    SluiceConfig.Gateway gateway = settings.gateway();
    return new GatewayOptions(
        new HttpDoorOptions(
            "gateway",
            endpoints.http("gateway", gateway.listener()),
            gateway.maxConnections(),
            gateway.headTimeout(),
            KEEP_ALIVE),
        new BodyBounds(gateway.maxBodyBytes(), gateway.maxBodiesBytes(), gateway.bodyTimeout()),
        gateway.maxWait(),
        settings.lease().dividedBy(3),
        gateway.cors().map(PartOptions::cors));
  }

  private static CorsOptions cors(SluiceConfig.Cors cors) {
    return new CorsOptions(
        cors.origins(),
        cors.methods(),
        cors.headers(),
        cors.exposedHeaders(),
        cors.maxAge(),
        cors.credentials());
  }

  static GrpcDoorOptions grpc(SluiceConfig.Grpc grpc, Duration handshake, Endpoints endpoints) {
    SluiceConfig.Listener at = grpc.listener();
    return grpc(grpc, handshake, at.host(), at.port(), endpoints.grpcTls(at));
  }

  /** On a free port of this host only. */
  static GrpcDoorOptions grpcRehearsal(SluiceConfig.Grpc grpc, Duration handshake) {
    return grpc(grpc, handshake, LOOPBACK, 0, Optional.empty());
  }

  private static GrpcDoorOptions grpc(
      SluiceConfig.Grpc grpc, Duration handshake, String host, int port, Optional<DoorTls> tls) {
    return new GrpcDoorOptions(
        host,
        port,
        tls,
        handshake,
        grpc.maxMessageBytes(),
        grpc.maxConnectionAge(),
        grpc.maxConnectionAgeGrace());
  }

  static HttpDoorOptions http(SluiceConfig.Http http, Duration head, Endpoints endpoints) {
    return http(http, head, endpoints.http("http", http.listener()));
  }

  /** On a free port of this host only. */
  static HttpDoorOptions httpRehearsal(SluiceConfig.Http http, Duration head) {
    return http(http, head, new Endpoint(LOOPBACK, 0, Optional.empty()));
  }

  private static HttpDoorOptions http(SluiceConfig.Http http, Duration head, Endpoint endpoint) {
    return new HttpDoorOptions("http", endpoint, http.maxConnections(), head, KEEP_ALIVE);
  }

  /** Of what is posted to {@code /json}. */
  static BodyBounds jsonBodies(SluiceConfig.Http http, Duration timeout) {
    long most = http.maxBodyBytes();
    return new BodyBounds(most, 32 * most, timeout);
  }

  static RateLimitAnswers rateLimitAnswers(SluiceConfig.RateLimit its) {
    return new RateLimitAnswers(
        its.responseHeaders()
            .map(
                names ->
                    new RateLimitAnswers.HeaderNames(
                        names.limit(), names.remaining(), names.reset())),
        its.dynamicMetadata());
  }

  /**
   * One event loop may have all clients, and all deployments be behind one address; the slots,
   * which may become more, bound how many are forwarded.
   */
  static UpstreamOptions upstream(SluiceConfig settings) {
    SluiceConfig.Gateway gateway = settings.gateway();
    return new UpstreamOptions(
        CONNECT_TIMEOUT,
        gateway.upstreamHeadTimeout(),
        gateway.upstreamIdleTimeout(),
        gateway.maxConnections());
  }
}
