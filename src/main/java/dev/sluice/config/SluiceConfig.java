package dev.sluice.config;

import dev.sluice.policy.DoorMode;
import dev.sluice.policy.Model;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.PublicPaths;
import dev.sluice.queue.QosList;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.tls.ClientTlsMaterial;
import dev.sluice.tls.TlsMaterial;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@code sluice.yaml}, with the environment's overrides and all defaults filled in.
 *
 * <p>No {@code toString} shows a secret.
 *
 * @param sambastack the vendor's files and directories, relative to the working directory or
 *     absolute; at least one
 * @param redisTls with which it was found when the file was read; empty believes the JVM's
 *     authorities
 * @param dataDirectory where the embedded Redis keeps its data, relative to the working directory
 *     or absolute
 * @param publicPaths that need no key at the doors for edges
 * @param outage what is done while Redis does not answer
 * @param drainTimeout how long running requests may go on after the order to stop
 * @param lease how long a hold or a grant lives without renewal
 * @param lastUseInterval how often it is written which keys were used
 * @param maintenanceEnds by model
 * @param models by public name: those of which more is said than which deployments serve them
 */
public record SluiceConfig(
    List<Path> sambastack,
    RedisAddress redis,
    Optional<ClientTlsMaterial> redisTls,
    Path dataDirectory,
    Gateway gateway,
    Grpc grpc,
    Http http,
    EdgeDoor extAuthz,
    EdgeDoor auth,
    PublicPaths publicPaths,
    OutagePolicy outage,
    RateLimit rateLimit,
    Listener metrics,
    Listener debug,
    Log log,
    DecisionLog decisionLog,
    Refusals refusals,
    Duration drainTimeout,
    Duration lease,
    Duration lastUseInterval,
    Map<String, Instant> maintenanceEnds,
    Map<String, Model> models,
    List<DeploymentSettings> deployments) {
  public SluiceConfig {
    sambastack = List.copyOf(sambastack);
    maintenanceEnds = Map.copyOf(maintenanceEnds);
    models = Map.copyOf(models);
    deployments = List.copyOf(deployments);
  }

  /**
   * The sections in which these differ from others and which are read once, when a server starts.
   */
  public List<String> sectionsThatDiffer(SluiceConfig others) {
    return Sections.READ_ONCE.entrySet().stream()
        .filter(section -> !section.getValue().apply(this).equals(section.getValue().apply(others)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * A port to listen on.
   *
   * @param port 0 lets the system choose a free one
   * @param tls with which it was found when the file was read; empty speaks plain text
   */
  public record Listener(String host, int port, Optional<TlsMaterial> tls) {
    /** Whatever is in the files of TLS: doors follow them by themselves. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Listener that
          && host.equals(that.host)
          && port == that.port
          && tls.map(TlsMaterial::files).equals(that.tls.map(TlsMaterial::files));
    }

    @Override
    public int hashCode() {
      return Objects.hash(host, port, tls.map(TlsMaterial::files));
    }
  }

  /**
   * The OpenAI door.
   *
   * @param busyStatus the HTTP status when a QoS queue is full: 429, 503 or 504
   * @param maxBodyBytes of one request
   * @param maxBodiesBytes of all requests together, while they are held in memory
   * @param headTimeout for the client to send the request's head
   * @param bodyTimeout for the client to send the request's body
   * @param maxWait in the QoS queue; zero lets nothing wait
   * @param upstreamHeadTimeout until the backend's response head
   * @param upstreamIdleTimeout between two chunks of the backend's response
   * @param redisTimeout of one call
   * @param cors for pages of other origins; empty: none of them
   */
  public record Gateway(
      Listener listener,
      int busyStatus,
      long maxBodyBytes,
      long maxBodiesBytes,
      int maxConnections,
      Duration headTimeout,
      Duration bodyTimeout,
      Duration maxWait,
      Duration upstreamHeadTimeout,
      Duration upstreamIdleTimeout,
      Duration redisTimeout,
      Optional<Cors> cors) {}

  /**
   * Which pages of other origins may call the gateway.
   *
   * @param origins {@code *} alone is any
   * @param headers of requests; none: whatever a page asks for
   * @param exposedHeaders of answers, that a page may read
   * @param maxAge how long a browser need not ask again
   */
  public record Cors(
      Set<String> origins,
      Set<String> methods,
      Set<String> headers,
      Set<String> exposedHeaders,
      Duration maxAge,
      boolean credentials) {}

  /**
   * The door of gRPC, for Envoy.
   *
   * @param maxMessageBytes of one request
   * @param maxConnectionAge after which a connection is told to end
   * @param maxConnectionAgeGrace for the calls on such a connection
   */
  public record Grpc(
      Listener listener,
      int maxMessageBytes,
      Duration maxConnectionAge,
      Duration maxConnectionAgeGrace) {}

  /** The door of HTTP for edges: NGINX's {@code /auth}, and {@code /json}. */
  public record Http(Listener listener, int maxConnections, long maxBodyBytes) {}

  /**
   * How an edge's requests are decided.
   *
   * @param timeout of one decision
   * @param modelHeader the request header in which the edge says the model, in lower case; the edge
   *     must not let clients set it
   */
  public record EdgeDoor(DoorMode mode, Duration timeout, Optional<String> modelHeader) {}

  /**
   * Envoy's descriptor rules.
   *
   * @param directory of the rule files; relative to the working directory or absolute
   * @param keyPrefix in front of the counters' keys
   * @param timeout of one call of Redis
   * @param localCacheBytes for what is known to be over its limit; 0: nothing is remembered
   * @param nearLimitRatio from which part of a limit on hits count as near to it
   * @param expiryJitter at most that a counter outlives its window
   * @param stopWhenOver whether a request that goes over one limit counts only there
   * @param shadowMode whether no request is refused
   * @param quotaMode whether every rule is a quota
   * @param responseHeaders that the edge adds to the client's response; empty: none
   * @param dynamicMetadata whether answers tell what was asked, and metadata of the rules
   * @param perSecondRedis for the limits per second; empty: they are where all others are
   * @param outage what a request gets that cannot be counted
   */
  public record RateLimit(
      Optional<Path> directory,
      String keyPrefix,
      Duration timeout,
      long localCacheBytes,
      float nearLimitRatio,
      Duration expiryJitter,
      boolean stopWhenOver,
      boolean shadowMode,
      boolean quotaMode,
      Optional<ResponseHeaders> responseHeaders,
      boolean dynamicMetadata,
      Optional<RedisAddress> perSecondRedis,
      OutageAnswer outage) {
    /** What is read once: the directory is watched. */
    RateLimit withoutDirectory() {
      return new RateLimit(
          Optional.empty(),
          keyPrefix,
          timeout,
          localCacheBytes,
          nearLimitRatio,
          expiryJitter,
          stopWhenOver,
          shadowMode,
          quotaMode,
          responseHeaders,
          dynamicMetadata,
          perSecondRedis,
          outage);
    }
  }

  /** The names of the headers that tell a client about the limit that is the next to refuse it. */
  public record ResponseHeaders(String limit, String remaining, String reset) {}

  /** What the log looks like and from which level on. */
  public record Log(Format format, Level level) {
    public enum Format {
      TEXT,
      JSON
    }

    public enum Level {
      ERROR,
      WARN,
      INFO,
      DEBUG
    }
  }

  /**
   * A line of JSON for each refusal, and for a share of the requests that were let pass.
   *
   * @param sample that share, from 0 to 1
   * @param queue how many lines wait to be written at most
   */
  public record DecisionLog(Destination to, double sample, int queue) {
    /** Where the lines go. */
    public sealed interface Destination {
      record Nowhere() implements Destination {}

      record StandardOutput() implements Destination {}

      /**
       * A file that they are appended to.
       *
       * @param path relative to the working directory or absolute
       */
      record File(Path path) implements Destination {}
    }
  }

  /**
   * The refusals that can be looked up by the id of their request.
   *
   * @param most of how many requests; 0 keeps none
   * @param keepFor how long
   * @param queue how many wait to be written at most
   */
  public record Refusals(int most, Duration keepFor, int queue) {}

  /**
   * A deployment behind this server.
   *
   * @param name as in {@code bundleDeploymentSpecs}
   * @param qosList empty when it stands in {@code sambastack.yaml}
   * @param apiKey sent to the backend
   */
  public record DeploymentSettings(
      String name,
      String group,
      URI url,
      int slots,
      Set<String> models,
      Optional<QosList> qosList,
      Optional<String> apiKey) {
    public DeploymentSettings {
      models = Set.copyOf(models);
    }

    /** The name that is unique among all: {@code name}, or {@code name/group}. */
    public String uniqueName() {
      return group.equals(BundlesReader.DEFAULT_GROUP) ? name : name + "/" + group;
    }

    /** Shows whether there is a key, not the key. */
    @Override
    public String toString() {
      return "DeploymentSettings[%s at %s, %d slots, %s, %s%s]"
          .formatted(
              uniqueName(), url, slots, models, qosList, apiKey.isPresent() ? ", with key" : "");
    }
  }
}
