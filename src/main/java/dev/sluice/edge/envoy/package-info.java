/**
 * The door of gRPC: Envoy's {@code ext_authz} v3, and the server that carries it and the rate-limit
 * service.
 *
 * <p>Everything is called on event loops, under a direct executor.
 *
 * <p>May depend on {@code edge}, {@code edge.authorization}, {@code edge.tls}, {@code account} and
 * {@code metrics}.
 */
@NullMarked
package dev.sluice.edge.envoy;

import org.jspecify.annotations.NullMarked;
