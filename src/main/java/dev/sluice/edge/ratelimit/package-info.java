/**
 * Envoy's rate limit service, by gRPC and as JSON over HTTP: a drop-in for envoyproxy/ratelimit.
 *
 * <p>Both translate to a {@code Query} of {@code ratelimit} and its {@code Verdict} back.
 *
 * <p>May depend on {@code ratelimit} and on what {@code edge} itself holds.
 */
@NullMarked
package dev.sluice.edge.ratelimit;

import org.jspecify.annotations.NullMarked;
