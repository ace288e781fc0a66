package dev.sluice.edge.http;

import java.time.Duration;

/**
 * Where a door of HTTP listens, and the bounds of its connections.
 *
 * @param door as in metrics
 * @param maxConnections open at a time
 * @param headTimeout for the head of a request, from its connection's start, and for the handshake
 *     of TLS before that
 * @param keepAlive how long a connection may stay open between two requests
 */
public record HttpDoorOptions(
    String door, Endpoint endpoint, int maxConnections, Duration headTimeout, Duration keepAlive) {}
