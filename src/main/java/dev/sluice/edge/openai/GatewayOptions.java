package dev.sluice.edge.openai;

import dev.sluice.edge.http.BodyBounds;
import dev.sluice.edge.http.CorsOptions;
import dev.sluice.edge.http.HttpDoorOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Bounds of the gateway.
 *
 * @param maxWait in the queue
 * @param renewal how often the holds and grants of running requests are renewed
 * @param cors for pages of other origins; empty: none of them
 */
public record GatewayOptions(
    HttpDoorOptions door,
    BodyBounds bodies,
    Duration maxWait,
    Duration renewal,
    Optional<CorsOptions> cors) {}
