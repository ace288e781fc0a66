/**
 * The door of HTTP for edges: NGINX's {@code auth_request}, and the HTTP side of the rate-limit
 * service.
 *
 * <p>Called on event loops.
 *
 * <p>May depend on {@code edge}, {@code edge.http}, {@code edge.authorization}, {@code account} and
 * {@code metrics}.
 */
@NullMarked
package dev.sluice.edge.nginx;

import org.jspecify.annotations.NullMarked;
