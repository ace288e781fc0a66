package dev.sluice.testing;

import dev.sluice.RateLimitDoors;
import dev.sluice.RateLimitServer;
import dev.sluice.config.RateLimitEnvironment;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server in the place of envoyproxy/ratelimit, in this process, and a client of it. */
public final class RateLimits implements AutoCloseable {
  private final RateLimitServer.Started server;
  private final ManagedChannel channel;
  private final HttpClient http = HttpClient.newHttpClient();

  private RateLimits(RateLimitServer.Started server, ManagedChannel channel) {
    this.server = server;
    this.channel = channel;
  }

  /**
   * An environment of that server, on free ports of this host; to be added to.
   *
   * @param root its rules are in {@code ratelimit/config} there
   * @param redisUrl {@code REDIS_URL}
   */
  public static Map<String, String> environment(Path root, String redisUrl) {
    Map<String, String> environment = new HashMap<>();
    for (String host : List.of("GRPC_HOST", "HOST", "DEBUG_HOST")) {
      environment.put(host, "127.0.0.1");
    }
    for (String port : List.of("GRPC_PORT", "PORT", "DEBUG_PORT")) {
      environment.put(port, "0");
    }
    environment.put("RUNTIME_ROOT", root.toString());
    environment.put("RUNTIME_SUBDIRECTORY", "ratelimit");
    environment.put("REDIS_SOCKET_TYPE", "tcp");
    environment.put("REDIS_URL", redisUrl.replace("redis://", ""));
    environment.put("USE_STATSD", "false");
    // Slower than any machine: most tests are not about time.
    environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "5s");
    return environment;
  }

  /** A rule of that many requests a year for each value of the key {@code year}. */
  public static String rule(String domain, int requests) {
    return """
        domain: %s
        descriptors:
        - key: year
          rate_limit: {unit: year, requests_per_unit: %d}
        """
        .formatted(domain, requests);
  }

  /** Puts a file of rules below {@code root}, all at once. */
  public static void write(Path root, String file, String text) {
    try {
      Path rules = Files.createDirectories(root.resolve("ratelimit/config"));
      Path whole = Files.writeString(root.resolve("new"), text);
      Files.move(whole, rules.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it. */
  public static RateLimits start(Map<String, String> environment) throws Exception {
    return start(environment, Optional.empty());
  }

  /**
   * Starts it.
   *
   * @param tls by which the client speaks to it; empty is plain text
   */
  public static RateLimits start(Map<String, String> environment, Optional<SslContext> tls)
      throws Exception {
    RateLimitServer.Started server =
        RateLimitServer.start(new RateLimitEnvironment(environment).read());
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget(server.doors().grpc());
    tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    return new RateLimits(server, builder.build());
  }

  public RateLimitDoors doors() {
    return server.doors();
  }

  /** The port of gRPC. */
  public int port() {
    return URI.create("http://" + server.doors().grpc()).getPort();
  }

  /** Asks for one hit on the rule for {@code year}. */
  public Code ask(String domain, String value) {
    return ask(domain, "year", value);
  }

  /** Asks for one hit on a rule of one entry. */
  public Code ask(String domain, String key, String value) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
    request.addDescriptorsBuilder().addEntriesBuilder().setKey(key).setValue(value);
    return RateLimitServiceGrpc.newBlockingStub(channel)
        .shouldRateLimit(request.build())
        .getOverallCode();
  }

  /** Requests until one is over the limit. */
  public int allowed(String domain, String value) {
    int allowed = 0;
    while (ask(domain, value) == Code.OK) {
      allowed++;
    }
    return allowed;
  }

  /** What a request gets, {@code OK} or a failure, as text. */
  public String failure(String domain) {
    try {
      return ask(domain, "x").name();
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  public ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService("ratelimit").build())
        .getStatus();
  }

  /** The text of {@code /stats}. */
  public String stats() throws IOException, InterruptedException {
    URI url = URI.create(server.doors().debug() + "/stats");
    return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.server().close();
  }
}
