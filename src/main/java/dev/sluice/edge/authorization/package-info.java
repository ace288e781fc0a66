/**
 * What the doors for edges share: the decision about a request that somebody else forwards.
 *
 * <p>Envoy and NGINX ask in different protocols and are told the same.
 *
 * <p>May depend on {@code edge}, {@code admission}, {@code account}, {@code policy} and {@code
 * metrics}.
 */
@NullMarked
package dev.sluice.edge.authorization;

import org.jspecify.annotations.NullMarked;
