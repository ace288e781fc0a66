package dev.sluice.edge.http;

import java.time.Duration;

/**
 * Where a door of HTTP listens, and the bounds of its connections.
 *
 * @param door as in metrics
 * @param port 0 for a free one
 * @param maxConnections open at a time
 * @param headTimeout for the head of a request, from its connection's start
 * @param keepAlive how long a connection may stay open between two requests
 */
public record HttpDoorOptions(
    String door,
    String host,
    int port,
    int maxConnections,
    Duration headTimeout,
    Duration keepAlive) {}
