package dev.sluice.xds;

import io.netty.handler.ssl.SslContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the server of configuration is, and what it is told.
 *
 * @param server host and port
 * @param nodeId by which the server knows for whom its configuration is
 * @param nodeMetadata that it may choose by
 * @param headers beside those of gRPC
 * @param tls asked on the stream's thread for each connection, and may read files; empty speaks
 *     plain text
 * @param serverName that the certificate of the server must have, when it is not the host's
 * @param maxMessageBytes of one configuration
 */
public record XdsOptions(
    String server,
    String nodeId,
    Map<String, String> nodeMetadata,
    Map<String, String> headers,
    Optional<Supplier<SslContext>> tls,
    Optional<String> serverName,
    int maxMessageBytes,
    Backoff backoff) {
  public XdsOptions {
    nodeMetadata = Map.copyOf(nodeMetadata);
    headers = Map.copyOf(headers);
  }

  /** Without metadata, headers and TLS. */
  public XdsOptions(String server, String nodeId, Backoff backoff) {
    this(server, nodeId, Map.of(), Map.of(), Optional.empty(), Optional.empty(), 4 << 20, backoff);
  }
}
