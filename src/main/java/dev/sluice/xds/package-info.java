/**
 * Descriptor rules from a server of configuration, as Envoy Gateway is one: the client side of
 * envoyproxy/ratelimit's {@code RateLimitConfigDiscoveryService}.
 *
 * <p>What it is given it checks as the loader of rule files does, and acknowledges or refuses.
 *
 * <p>May depend on {@code ratelimit} and {@code metrics}.
 */
@NullMarked
package dev.sluice.xds;

import org.jspecify.annotations.NullMarked;
