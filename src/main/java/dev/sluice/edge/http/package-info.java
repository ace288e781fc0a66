/**
 * What the doors of HTTP share: listening on every event loop, bounds of connections and bodies,
 * answers of their own.
 *
 * <p>Knows nothing of what the doors decide.
 *
 * <p>May depend on {@code edge}, {@code edge.tls}, {@code account} and {@code metrics}.
 */
@NullMarked
package dev.sluice.edge.http;

import org.jspecify.annotations.NullMarked;
