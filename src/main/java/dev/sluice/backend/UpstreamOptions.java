package dev.sluice.backend;

import java.time.Duration;

/**
 * Bounds of the calls to backends.
 *
 * @param connectTimeout for a new connection
 * @param headTimeout from sending the request to the head of the response
 * @param idleTimeout between two chunks of the response
 * @param connections kept to each backend by each event loop, at most
 */
public record UpstreamOptions(
    Duration connectTimeout, Duration headTimeout, Duration idleTimeout, int connections) {}
