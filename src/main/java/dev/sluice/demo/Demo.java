package dev.sluice.demo;

import dev.sluice.CannotStart;
import dev.sluice.Doors;
import dev.sluice.Server;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyText;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.policy.Catalog;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.SupervisedRedis;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Sluice with all that it needs: a Redis, two simulated deployments, an organization, users in
 * different tiers and their keys.
 *
 * <p>Started and stopped by one thread, which both block. It keeps nothing.
 */
public final class Demo implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);
  static final String ORGANIZATION = "acme";
  private static final String PROJECT = "default";
  private static final List<String> FILES = List.of("sluice.yaml", "sambastack.yaml");
  private static final int FIRST_BACKEND_PORT = 8101;

  /** Who calls in the demo, by tier. */
  private static final Map<String, String> USERS =
      new TreeMap<>(Map.of("free", "alice", "web", "bob", "enterprise", "carol"));

  private final Path data;
  private final SupervisedRedis redis;
  private final Vertx vertx = Vertx.vertx();
  private final List<String> backends = new ArrayList<>();
  private final List<Key> keys = new ArrayList<>();
  private final Map<String, Set<String>> models = new TreeMap<>();
  private Optional<Server.Started> sluice = Optional.empty();
  private Optional<DemoEdges> edges = Optional.empty();

  /** A key of the demo. */
  public record Key(String tier, String user, KeyText text) {}

  private Demo() {
    this.data = temporary();
    // On a disk, so that a Redis that has to be started again still knows the keys.
    this.redis = SupervisedRedis.start(EmbeddedRedis.Options.durable(data));
  }

  /**
   * Starts everything.
   *
   * @param randomPorts free ports instead of the documented ones
   * @param edges that are to run before it
   * @throws CannotStart with one line that says why; nothing is left running
   */
  public static Demo start(boolean randomPorts, Set<EdgeProgram> edges) throws CannotStart {
    for (EdgeProgram edge : edges) {
      installed(edge);
    }
    Demo demo = new Demo();
    try {
      demo.run(randomPorts);
      demo.edges = Optional.of(DemoEdges.start(edges, demo.doors(), randomPorts));
      return demo;
    } catch (CannotStart e) {
      demo.close();
      throw randomPorts ? e : new CannotStart(e.getMessage() + " Or start with --ports random.", e);
    }
  }

  /** Asked first: whoever has to install something need not wait for the rest. */
  private static void installed(EdgeProgram edge) throws CannotStart {
    try {
      edge.find(System.getenv());
    } catch (IllegalStateException e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  private void run(boolean randomPorts) throws CannotStart {
    Configuration files = configuration(Map.of());
    Map<String, String> environment = new HashMap<>();
    environment.put("SLUICE_REDIS", redis.url());
    for (int i = 0; i < files.slots().size(); i++) {
      String url =
          startBackend(
              SimulatedBackendOptions.of(
                      files.slots().get(i).deployment(), List.copyOf(files.slots().get(i).models()))
                  .withSlots(files.slots().get(i).slots())
                  .withPace(Duration.ofMillis(100), 100)
                  .withCompletionTokens(32),
              randomPorts ? 0 : FIRST_BACKEND_PORT + i);
      backends.add(url);
      environment.put("SLUICE_DEPLOYMENTS_" + i + "_URL", url);
    }
    if (randomPorts) {
      for (String door : List.of("GATEWAY", "GRPC", "HTTP", "METRICS", "DEBUG")) {
        environment.put("SLUICE_" + door + "_PORT", "0");
      }
    }
    Configuration configuration = configuration(environment);
    sluice = Optional.of(Server.start(configuration));
    Catalog catalog = configuration.catalog();
    catalog
        .tiers()
        .forEach(
            (name, tier) ->
                models.put(
                    name,
                    Catalog.MODEL_STATES.contains(name)
                        ? tier.models()
                        : catalog.allowedModels(name, true, Instant.now())));
    KeyIssuer issuer =
        new KeyIssuer(sluice.orElseThrow().server().accounts(), new SecureRandom(), "demo");
    USERS.forEach((tier, user) -> keys.add(new Key(tier, user, issue(issuer, tier, user))));
  }

  private static KeyText issue(KeyIssuer issuer, String tier, String user) {
    return issuer
        .issue(
            new KeyIssuer.Order(
                ORGANIZATION,
                PROJECT,
                user,
                user + "'s key",
                // free is the tier of whoever was given none
                tier.equals("free") ? Optional.empty() : Optional.of(tier),
                Optional.empty()))
        .toCompletableFuture()
        .join()
        .text();
  }

  private String startBackend(SimulatedBackendOptions options, int port) throws CannotStart {
    String host = "127.0.0.1";
    try {
      SimulatedBackend backend = new SimulatedBackend(vertx, options);
      return "http://" + host + ":" + backend.start(host, port).toCompletableFuture().join();
    } catch (CompletionException e) {
      String why =
          e.getCause() instanceof BindException
              ? "the port is in use"
              : String.valueOf(e.getCause());
      throw new CannotStart(
          "the simulated backend "
              + options.name()
              + " cannot listen on "
              + host
              + ":"
              + port
              + ": "
              + why
              + ".",
          e);
    }
  }

  /** The files are read as any other: from a folder, with the environment over them. */
  private static Configuration configuration(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(more);
    try {
      Path folder = Files.createTempDirectory("sluice-demo");
      try {
        for (String file : FILES) {
          try (InputStream resource =
              Objects.requireNonNull(Demo.class.getResourceAsStream("/demo/" + file), file)) {
            Files.copy(resource, folder.resolve(file));
          }
        }
        return Configuration.load(folder.resolve("sluice.yaml"), environment);
      } finally {
        for (String file : FILES) {
          Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the demo's files", e);
    } catch (InvalidConfiguration e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  public Doors doors() {
    return sluice.orElseThrow().doors();
  }

  /** Where clients are served by the edges that run. */
  public Map<EdgeProgram, String> edges() {
    return edges.map(DemoEdges::urls).orElse(Map.of());
  }

  /** The file that has all that an edge says. */
  Path log(EdgeProgram edge) {
    return edges.orElseThrow().log(edge);
  }

  public EmbeddedRedis redis() {
    return redis.current();
  }

  /** The URLs of the simulated backends. */
  public List<String> backends() {
    return List.copyOf(backends);
  }

  /** By tier: what its users may call; for the system tiers that speak of models, their models. */
  public Map<String, Set<String>> models() {
    return new TreeMap<>(models);
  }

  /** One of the models of a tier. */
  String model(String tier) {
    return models.getOrDefault(tier, Set.of()).stream().findFirst().orElseThrow();
  }

  public List<Key> keys() {
    return List.copyOf(keys);
  }

  /** The key of the user in a tier. */
  public Key key(String tier) {
    return keys.stream().filter(key -> key.tier().equals(tier)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    // First, so that streams which run through the edges end well.
    sluice.ifPresent(started -> started.server().close());
    edges.ifPresent(DemoEdges::close);
    vertx.close().toCompletionStage().toCompletableFuture().join();
    redis.close();
    remove(data);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("sluice-demo-redis");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder for the demo's Redis", e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      log.warn("cannot remove {}: {}", folder, e.toString());
    }
  }
}
