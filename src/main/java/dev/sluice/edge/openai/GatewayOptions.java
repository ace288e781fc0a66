package dev.sluice.edge.openai;

import dev.sluice.edge.http.BodyBounds;
import dev.sluice.edge.http.HttpDoorOptions;
import java.time.Duration;

/**
 * Bounds of the gateway.
 *
 * @param maxWait in the queue
 * @param renewal how often the holds and grants of running requests are renewed
 */
public record GatewayOptions(
    HttpDoorOptions door, BodyBounds bodies, Duration maxWait, Duration renewal) {}
