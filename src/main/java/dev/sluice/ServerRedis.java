package dev.sluice;

import dev.sluice.config.RedisAddress;
import dev.sluice.config.SluiceConfig;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import dev.sluice.redis.RedisTls;
import dev.sluice.redis.SupervisedRedis;
import dev.sluice.tls.ClientTlsMaterial;
import dev.sluice.tls.TlsWatch;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Redis of a server, its own or somebody else's, and the connections to it. */
final class ServerRedis {
  private final RedisAddress address;
  private final Optional<SupervisedRedis> embedded;
  private final Optional<RedisTls> tls;
  private final Optional<TlsWatch> watch;
  private final List<RedisConnections> connections = new ArrayList<>();
  private final List<RedisDistance> distances = new ArrayList<>();

  private ServerRedis(
      RedisAddress address,
      Optional<ClientTlsMaterial> material,
      Optional<SupervisedRedis> embedded) {
    this.address = address;
    this.embedded = embedded;
    this.tls = material.map(RedisTls::new);
    this.watch = tls.map(files -> new TlsWatch(List.of(files), Endpoints.LOOK));
  }

  /** Starts the embedded one where the settings say so. */
  static ServerRedis start(SluiceConfig settings) throws CannotStart {
    try {
      return new ServerRedis(
          settings.redis(),
          settings.redisTls(),
          settings.redis().embedded()
              ? Optional.of(
                  SupervisedRedis.start(
                      EmbeddedRedis.Options.durable(settings.dataDirectory().resolve("redis"))))
              : Optional.empty());
    } catch (IllegalStateException e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  /** Somebody else's. */
  static ServerRedis at(RedisAddress address, Optional<ClientTlsMaterial> tls) {
    return new ServerRedis(address, tls, Optional.empty());
  }

  /** Connections for those whose calls have this deadline. */
  RedisConnections connect(Duration deadline, Vertx vertx, Metrics metrics) {
    String url = embedded.map(SupervisedRedis::url).orElseGet(address::reveal);
    RedisOptions options = PartOptions.redis(url, deadline, tls);
    EventLoopGroup loops = EventLoops.of(vertx);
    RedisConnections opened =
        connections.isEmpty()
            ? RedisConnections.open(options, loops, metrics)
            : connections.get(0).beside(options, loops, metrics);
    connections.add(opened);
    return opened;
  }

  /** The same, for calls whose deadline is said by a setting. */
  RedisConnections connect(RedisTimeout timeout, Vertx vertx, Metrics metrics) {
    RedisConnections opened = connect(timeout.time(), vertx, metrics);
    distances.add(new RedisDistance(describe(), opened, timeout));
    return opened;
  }

  /** Connections to another Redis, with the same files of TLS. */
  RedisConnections connect(RedisAddress other, RedisTimeout timeout, Vertx vertx, Metrics metrics) {
    RedisOptions options =
        PartOptions.redis(other.reveal(), timeout.time(), other.tls() ? tls : Optional.empty());
    RedisConnections opened = RedisConnections.open(options, EventLoops.of(vertx), metrics);
    connections.add(opened);
    distances.add(new RedisDistance("Redis at " + other, opened, timeout));
    return opened;
  }

  /**
   * Compares how far Redis is with the settings, and warns. Blocks, three seconds for each at most.
   */
  void measure() {
    distances.forEach(RedisDistance::measure);
  }

  String describe() {
    return embedded.map(own -> own.current().describe()).orElseGet(() -> "Redis at " + address);
  }

  void disconnect() {
    connections.forEach(RedisConnections::close);
  }

  /** Ends the embedded one. */
  void stop() {
    watch.ifPresent(TlsWatch::close);
    embedded.ifPresent(SupervisedRedis::close);
  }
}
