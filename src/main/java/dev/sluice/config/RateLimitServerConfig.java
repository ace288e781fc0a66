package dev.sluice.config;

import dev.sluice.config.SluiceConfig.Grpc;
import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.config.SluiceConfig.Log;
import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.metrics.StatsdMapping;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.tls.ClientTlsMaterial;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a server of descriptor limits only, in the place of envoyproxy/ratelimit.
 *
 * @param redisTls empty believes the JVM's authorities
 * @param warnings what is not wrong, but probably not meant
 */
public record RateLimitServerConfig(
    RuleSource rules,
    Health health,
    RedisAddress redis,
    Optional<ClientTlsMaterial> redisTls,
    Grpc grpc,
    Http http,
    Listener debug,
    Statistics statistics,
    RateLimit rateLimit,
    Log log,
    List<Problem> warnings) {
  public RateLimitServerConfig {
    warnings = List.copyOf(warnings);
  }

  /** Where the rules are. */
  public sealed interface RuleSource {
    /** In files, which are followed. */
    record Directory(RuleFiles files) implements RuleSource {}

    /**
     * At a server of configuration (xDS), which is followed.
     *
     * @param server host and port
     * @param nodeId by which the server knows for whom its configuration is
     * @param nodeMetadata that it may choose by
     * @param headers beside those of gRPC
     * @param tls empty speaks plain text
     * @param serverName that its certificate must have, when it is not the host's
     * @param firstWait before the second attempt to get a stream
     * @param longestWait between two attempts
     * @param randomFactor by which part of itself a wait may be shorter or longer; 0 to 1
     */
    record Discovery(
        String server,
        String nodeId,
        Map<String, String> nodeMetadata,
        Map<String, String> headers,
        Optional<DiscoveryTls> tls,
        Optional<String> serverName,
        int maxMessageBytes,
        Duration firstWait,
        Duration longestWait,
        double randomFactor)
        implements RuleSource {
      public Discovery {
        nodeMetadata = Map.copyOf(nodeMetadata);
        headers = Map.copyOf(headers);
      }
    }

    /**
     * How a server of configuration is spoken to.
     *
     * @param files empty believes the JVM's authorities
     */
    record DiscoveryTls(Optional<ClientTlsMaterial> files) {}
  }

  /**
   * What this server must have to be called healthy.
   *
   * @param rules whether it must have some
   * @param redis whether Redis must answer
   */
  public record Health(boolean rules, boolean redis) {}

  /** Who gets the statistics. */
  public sealed interface Statistics {
    /** Nobody but the debug door. */
    record Unexported() implements Statistics {}

    /**
     * A StatsD server, over TCP.
     *
     * @param interval from one time to the next
     * @param tags of every name
     */
    record Statsd(String host, int port, Duration interval, Map<String, String> tags)
        implements Statistics {
      public Statsd {
        tags = Map.copyOf(tags);
      }
    }

    /**
     * A Prometheus that asks for them.
     *
     * @param mapping how they are called there; empty: as ever
     */
    record Prometheus(Listener at, String path, Optional<StatsdMapping> mapping)
        implements Statistics {}
  }
}
