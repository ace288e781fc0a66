package dev.sluice.edge.envoy;

import dev.sluice.edge.tls.DoorTls;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the door of gRPC listens, and the bounds of its connections and messages.
 *
 * @param port 0 for a free one
 * @param tls empty speaks plain text
 * @param handshakeTimeout of a new connection
 * @param maxMessageBytes of one request; an edge that sends bodies sends them in it
 * @param maxConnectionAge after which a connection is told to end, so that edges spread over new
 *     replicas
 * @param maxConnectionAgeGrace for the calls on such a connection
 */
public record GrpcDoorOptions(
    String host,
    int port,
    Optional<DoorTls> tls,
    Duration handshakeTimeout,
    int maxMessageBytes,
    Duration maxConnectionAge,
    Duration maxConnectionAgeGrace) {}
