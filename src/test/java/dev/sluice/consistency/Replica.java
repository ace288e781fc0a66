package dev.sluice.consistency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.consistency.Way.Kind;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Stack;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A server that is a process of its own, and the ways to ask it. */
final class Replica implements AutoCloseable {
  /** The edge that asks says that the client is here. */
  private static final String CLIENT = "127.0.0.1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small, large]
          queueDepth: 1000
          qos: web
          rates:
          - {allowedRequests: 100000, periodSeconds: 3600}
          - {allowedRequests: 900000, periodSeconds: 86400}
        gold:
        - models: [small]
          queueDepth: 1000
          qos: web
          rates:
          - {allowedRequests: 200000, periodSeconds: 3600}
          - {allowedRequests: 900000, periodSeconds: 86400}
        other:
        - models: [large]
          queueDepth: 1000
          qos: web
          rates:
          - {allowedRequests: 100000, periodSeconds: 3600}
          - {allowedRequests: 900000, periodSeconds: 86400}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [web]}]}
      """;

  private static final String SETTINGS = "gateway: {host: 127.0.0.1, port: 0, redisTimeout: 20s}\n";

  private static final List<SimulatedBackendOptions> BACKENDS =
      List.of(
          SimulatedBackendOptions.of("one", List.of("small", "large"))
              .withPace(Duration.ZERO, 0)
              .withSlots(100));

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String name;
  private final Map<String, String> environment;
  private final SluiceProcess process;
  private final ManagedChannel grpc;

  /**
   * Starts it.
   *
   * @param environment what it has otherwise than the file says
   */
  Replica(String name, Path folder, Path configuration, Map<String, String> environment) {
    this.name = name;
    this.environment = Map.copyOf(environment);
    this.process =
        new SluiceProcess(folder, environment, "serve", "--config", configuration.toString());
    this.grpc = ManagedChannelBuilder.forTarget(process.door("grpc")).usePlaintext().build();
  }

  /** The Redis, the backend and the file that replicas share; and one server more, on it. */
  static Stack stack(Path folder) {
    return new Stack(folder, SAMBASTACK, SETTINGS, BACKENDS);
  }

  /** The same on a Redis that is there already. */
  static Stack stack(String redisUrl, Path folder) {
    return Stack.on(redisUrl, folder, SAMBASTACK, SETTINGS, BACKENDS);
  }

  SluiceProcess process() {
    return process;
  }

  /** All ways to ask about a key. */
  List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way(name + " gateway", Kind.COUNTED, this::chat));
    ways.add(new Way(name + " models", Kind.MODELS, this::models));
    ways.add(new Way(name + " /auth", kind("SLUICE_AUTH_MODE"), this::auth));
    ways.add(new Way(name + " ext_authz", kind("SLUICE_EXT_AUTHZ_MODE"), this::check));
    return ways;
  }

  private Kind kind(String mode) {
    return "full".equals(environment.get(mode)) ? Kind.COUNTED : Kind.FRONT;
  }

  String chat(String key) {
    HttpResponse<String> response =
        send(
            request("gateway", "/v1/chat/completions", key)
                .POST(BodyPublishers.ofString(Stack.body("small", ",\"max_tokens\":1")))
                .build());
    return verdict(
        response.statusCode(),
        response.body(),
        response.headers().firstValue("x-ratelimit-limit-requests"));
  }

  private String models(String key) {
    HttpResponse<String> response = send(request("gateway", "/v1/models", key).build());
    TreeSet<String> ids = new TreeSet<>();
    json(response.body()).path("data").forEach(model -> ids.add(model.path("id").asText()));
    return verdict(response.statusCode(), response.body(), Optional.of(String.join(" ", ids)));
  }

  private String auth(String key) {
    HttpResponse<String> response =
        send(
            request("http", "/auth", key)
                .header("X-Original-URI", "/v1/chat/completions")
                .header("X-Original-Method", "POST")
                .header("X-Real-IP", CLIENT)
                .header("X-Sluice-Model", "small")
                .build());
    return verdict(
        response.headers().firstValue("x-sluice-status").map(Integer::valueOf).orElse(200),
        response.headers().firstValue("x-sluice-body").orElse("{}"),
        response.headers().firstValue("x-ratelimit-limit-requests"));
  }

  private String check(String key) {
    AttributeContext.Builder attributes = AttributeContext.newBuilder();
    attributes.getSourceBuilder().getAddressBuilder().getSocketAddressBuilder().setAddress(CLIENT);
    attributes
        .getRequestBuilder()
        .getHttpBuilder()
        .setMethod("POST")
        .setPath("/v1/chat/completions")
        .setBody(Stack.body("small"))
        .putHeaders("authorization", "Bearer " + key);
    CheckResponse response =
        AuthorizationGrpc.newBlockingStub(grpc)
            .check(CheckRequest.newBuilder().setAttributes(attributes).build());
    return response.hasDeniedResponse()
        ? verdict(
            response.getDeniedResponse().getStatus().getCodeValue(),
            response.getDeniedResponse().getBody(),
            Optional.empty())
        : verdict(
            200,
            "{}",
            response.getOkResponse().getResponseHeadersToAddList().stream()
                .map(HeaderValueOption::getHeader)
                .filter(header -> header.getKey().equals("x-ratelimit-limit-requests"))
                .map(header -> header.getValue())
                .findFirst());
  }

  private static String verdict(int status, String body, Optional<String> more) {
    return status == 200
        ? ("200 " + more.orElse("")).strip()
        : status + " " + json(body).at("/error/code").asText();
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String door, String path, String key) {
    return HttpRequest.newBuilder(URI.create(process.door(door) + path))
        .header("Authorization", "Bearer " + key);
  }

  /** What a page of the metrics door says; its status in front. */
  String page(String path) {
    HttpResponse<String> response =
        send(HttpRequest.newBuilder(URI.create(process.door("metrics") + path)).build());
    return response.statusCode() + " " + response.body();
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    grpc.shutdownNow();
    process.close();
  }
}
