package dev.sluice.testing;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.sluice.Doors;
import dev.sluice.Server;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Changes;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeySecret;
import dev.sluice.account.RecordKind;
import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.demo.SimulatedBackend;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.redis.EmbeddedRedis;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A whole Sluice in this process, on free ports, with a Redis of its own and simulated deployments.
 */
public final class Stack implements AutoCloseable {
  public static final String ORGANIZATION = "acme";

  private final Optional<EmbeddedRedis> redis;
  private final Vertx vertx = Vertx.vertx();
  private final List<SimulatedBackend> backends = new ArrayList<>();
  private final List<Integer> backendPorts = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final Server.Started sluice;
  private final List<Server.Started> replicas = new ArrayList<>();

  /**
   * Starts it, with a Redis that keeps nothing.
   *
   * @param folder for its files
   * @param sambastack the text of sambastack.yaml, with a qosList for each backend by its name
   * @param more further lines of sluice.yaml
   */
  public Stack(
      Path folder, String sambastack, String more, List<SimulatedBackendOptions> deployments) {
    this(
        folder,
        Optional.of(EmbeddedRedis.start(EmbeddedRedis.Options.inMemory())),
        "",
        sambastack,
        more,
        deployments);
  }

  /** Starts it on a Redis that is there already. */
  public static Stack on(
      String redisUrl,
      Path folder,
      String sambastack,
      String more,
      List<SimulatedBackendOptions> deployments) {
    return new Stack(folder, Optional.empty(), redisUrl, sambastack, more, deployments);
  }

  private Stack(
      Path folder,
      Optional<EmbeddedRedis> redis,
      String redisUrl,
      String sambastack,
      String more,
      List<SimulatedBackendOptions> deployments) {
    this.folder = folder;
    this.redis = redis;
    try {
      Files.writeString(folder.resolve("sambastack.yaml"), sambastack);
      StringBuilder yaml = new StringBuilder("sambastack: sambastack.yaml\n");
      yaml.append("redis: '").append(redis.map(EmbeddedRedis::url).orElse(redisUrl)).append("'\n");
      for (String door : List.of("gateway", "grpc", "http", "metrics", "debug")) {
        yaml.append(
            ("\n" + more).contains("\n" + door + ":")
                ? ""
                : door + ": {host: 127.0.0.1, port: 0}\n");
      }
      yaml.append("drainTimeout: 2s\n").append(more).append("\ndeployments:\n");
      for (SimulatedBackendOptions options : deployments) {
        SimulatedBackend backend = new SimulatedBackend(vertx, options);
        int port = backend.start("127.0.0.1", 0).toCompletableFuture().join();
        backends.add(backend);
        backendPorts.add(port);
        yaml.append(
            "- {name: %s, url: 'http://127.0.0.1:%d', slots: %d, models: %s}%n"
                .formatted(options.name(), port, options.slots(), options.models()));
      }
      Files.writeString(folder.resolve("sluice.yaml"), yaml.toString());
      this.sluice = Server.start(Configuration.load(configurationFile(), Map.of()));
    } catch (Exception e) {
      throw new IllegalStateException("the stack does not start", e);
    }
  }

  /** Who is told when the files of the configuration change; they are not watched here. */
  public ConfigurationWatch.Follower<Configuration> follower() {
    return sluice.server().follower();
  }

  public Path configurationFile() {
    return folder.resolve("sluice.yaml");
  }

  public Doors doors() {
    return sluice.doors();
  }

  public Accounts accounts() {
    return sluice.server().accounts();
  }

  /** Its own. */
  public EmbeddedRedis redis() {
    return redis.orElseThrow();
  }

  /** One more server with the same configuration, in this process, until the stack is closed. */
  public Doors replica() {
    try {
      Server.Started replica = Server.start(Configuration.load(configurationFile(), Map.of()));
      replicas.add(replica);
      return replica.doors();
    } catch (Exception e) {
      throw new IllegalStateException("the replica does not start", e);
    }
  }

  public SimulatedBackend backend(int number) {
    return backends.get(number);
  }

  public String backendUrl(int number) {
    return "http://127.0.0.1:" + backendPorts.get(number);
  }

  /** A new key of a user; {@code tier} empty gives the user none. */
  public KeyIssuer.Issued issue(String user, Optional<String> tier) {
    return new KeyIssuer(accounts(), new SecureRandom(), "test")
        .issue(new KeyIssuer.Order(ORGANIZATION, "default", user, user, tier, Optional.empty()))
        .toCompletableFuture()
        .join();
  }

  /** The text of a new key of a user in a tier. */
  public String key(String user, String tier) {
    return issue(user, Optional.of(tier)).text().reveal();
  }

  public void replace(ApiKey key) {
    change(RecordKind.KEY, key.id(), old -> key);
  }

  /** Changes a record of the organization. */
  public <R extends AccountRecord> void change(
      RecordKind<R> kind, String id, UnaryOperator<R> change) {
    new Changes(accounts(), "test")
        .change(kind, ORGANIZATION, id, change)
        .toCompletableFuture()
        .join();
  }

  /** From now on keys of the organization are warned of at 60 days, and refused at 90. */
  public void limitAgeOfKeys() {
    KeyAge age = new KeyAge(Duration.ofDays(60), Duration.ofDays(90));
    change(RecordKind.ORGANIZATION, ORGANIZATION, old -> old.withKeyAge(Optional.of(age)));
  }

  /** Makes a key look as if it had been issued so many days ago. */
  public void age(ApiKey key, int days) {
    KeySecret secret =
        new KeySecret(
            key.secret().hash(),
            key.secret().lastFour(),
            key.secret().issued().minus(Duration.ofDays(days)));
    replace(
        new ApiKey(
            key.organization(),
            key.id(),
            key.project(),
            key.user(),
            key.terms(),
            key.created(),
            secret,
            key.previous(),
            key.revoked()));
  }

  /** The official SDK, without its retries. */
  public OpenAIClient openAi(String key) {
    return OpenAIOkHttpClient.builder()
        .apiKey(key)
        .baseUrl(doors().gateway() + "/v1")
        .maxRetries(0)
        .build();
  }

  /** A chat completion with an own body and headers. */
  public HttpResponse<String> chat(String key, String body, String... headers) {
    return send(
        request("/v1/chat/completions", key, headers)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  public HttpResponse<String> get(String path, String key) {
    return send(request(path, key).GET().build());
  }

  /** A request to the gateway, to be completed. */
  public HttpRequest.Builder request(String path, String key, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(doors().gateway() + path))
            .header("Content-Type", "application/json");
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  public HttpClient http() {
    return http;
  }

  public HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What /metrics says. */
  public String metrics() {
    return send(HttpRequest.newBuilder(URI.create(doors().metrics() + "/metrics")).build()).body();
  }

  /** A simple body for a model. */
  public static String body(String model) {
    return body(model, "");
  }

  /**
   * A simple body for a model.
   *
   * @param more further fields, beginning with a comma
   */
  public static String body(String model, String more) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]%s}"
        .formatted(model, more);
  }

  @Override
  public void close() {
    replicas.forEach(replica -> replica.server().close());
    sluice.server().close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    redis.ifPresent(EmbeddedRedis::close);
  }
}
