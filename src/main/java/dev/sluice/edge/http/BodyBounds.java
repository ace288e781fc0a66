package dev.sluice.edge.http;

import java.time.Duration;

/**
 * Bounds of the bodies of requests.
 *
 * @param maxBodyBytes of one request
 * @param maxBodiesBytes of all requests together, while they are in memory
 * @param timeout for the body of a request, from its head
 */
public record BodyBounds(long maxBodyBytes, long maxBodiesBytes, Duration timeout) {}
