package dev.sluice;

import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.edge.http.Endpoint;
import dev.sluice.edge.tls.DoorTls;
import dev.sluice.edge.tls.Spoken;
import dev.sluice.metrics.Metrics;
import dev.sluice.tls.TlsWatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the doors listen, with the TLS of those that have it and the watch over its files. */
final class Endpoints implements AutoCloseable {
  static final Duration LOOK = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

  private final Metrics metrics;
  private final InstantSource clock;
  private final List<DoorTls> withTls = new ArrayList<>();
  private Optional<TlsWatch> watch = Optional.empty();

  Endpoints(Metrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Of a door of HTTP; once for each. */
  Endpoint http(String door, Listener at) {
    return new Endpoint(at.host(), at.port(), tls(door, Spoken.HTTP_1, at));
  }

  /** The TLS of the door of gRPC; once. */
  Optional<DoorTls> grpcTls(Listener at) {
    return tls("grpc", Spoken.GRPC, at);
  }

  private Optional<DoorTls> tls(String door, Spoken spoken, Listener at) {
    Optional<DoorTls> tls =
        at.tls().map(material -> new DoorTls(door, spoken, material, metrics, clock));
    tls.ifPresent(withTls::add);
    return tls;
  }

  /** Begins to follow the files, if any door has some. */
  void watch() {
    withTls.forEach(door -> log.info("{}", door));
    if (!withTls.isEmpty()) {
      watch = Optional.of(new TlsWatch(withTls, LOOK));
    }
  }

  @Override
  public void close() {
    watch.ifPresent(TlsWatch::close);
  }
}
