package dev.sluice.config;

import dev.sluice.config.SluiceConfig.Grpc;
import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.config.SluiceConfig.Log;
import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.tls.ClientTlsMaterial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a server of descriptor limits only, in the place of envoyproxy/ratelimit.
 *
 * @param redisTls empty believes the JVM's authorities
 * @param warnings what is not wrong, but probably not meant
 */
public record RateLimitServerConfig(
    RuleFiles rules,
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
     */
    record Statsd(String host, int port, Duration interval) implements Statistics {}

    /** A Prometheus that asks for them. */
    record Prometheus(Listener at, String path) implements Statistics {}
  }
}
