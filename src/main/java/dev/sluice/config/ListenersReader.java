package dev.sluice.config;

import dev.sluice.config.SluiceConfig.Grpc;
import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.Listener;
import java.nio.file.Path;
import java.time.Duration;

/** Reads where the doors listen, and the bounds of their connections. */
final class ListenersReader {
  private static final Duration YEAR = Duration.ofDays(365);

  private final Path file;
  private final Ports ports = new Ports();

  /**
   * @param file of the settings, beside which relative paths start
   */
  ListenersReader(Path file) {
    this.file = file;
  }

  Grpc grpc(Fields fields) {
    return new Grpc(
        listener(fields, "0.0.0.0", 8081),
        fields.field("maxMessageBytes").wholeNumber(1024, Integer.MAX_VALUE).orElse(4 << 20),
        fields
            .field("maxConnectionAge")
            .duration(Duration.ofSeconds(1), YEAR)
            .orElse(Duration.ofHours(24)),
        fields
            .field("maxConnectionAgeGrace")
            .duration(Duration.ofMillis(1), YEAR)
            .orElse(Duration.ofHours(1)));
  }

  Http http(Fields fields) {
    return new Http(
        listener(fields, "0.0.0.0", 8080),
        fields.field("maxConnections").wholeNumber(1, 1_000_000).orElse(10_000),
        fields.field("maxBodyBytes").wholeNumber(1, Integer.MAX_VALUE).orElse(1 << 20));
  }

  /** A door, of which no other one may have the port. */
  Listener listener(Fields fields, String host, int port) {
    Field portField = fields.field("port");
    Listener listener =
        new Listener(
            fields.field("host").text().orElse(host),
            portField.wholeNumber(0, 65_535).orElse(port),
            TlsReader.read(fields.field("tls"), file));
    ports.take(listener, portField);
    return listener;
  }
}
