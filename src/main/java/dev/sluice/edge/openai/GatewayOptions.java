package dev.sluice.edge.openai;

import java.time.Duration;

/**
 * Bounds of the gateway.
 *
 * @param port 0 for a free one
 * @param maxBodyBytes of one request
 * @param maxBodiesBytes of all requests together, until they are forwarded
 * @param maxConnections open at a time
 * @param headTimeout for the head of a request, from its connection's start
 * @param bodyTimeout for the body of a request, from its head
 * @param keepAlive how long a connection may stay open between two requests
 * @param maxWait in the queue
 * @param renewal how often the holds and grants of running requests are renewed
 */
public record GatewayOptions(
    String host,
    int port,
    long maxBodyBytes,
    long maxBodiesBytes,
    int maxConnections,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration keepAlive,
    Duration maxWait,
    Duration renewal) {}
