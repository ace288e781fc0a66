/**
 * Envoy's descriptor limits: the rule tree, its loader, its answers, and the port to the counters.
 *
 * <p>The files, the matching and the counter keys are those of envoyproxy/ratelimit.
 *
 * <p>May depend on nothing of Sluice.
 */
@NullMarked
package dev.sluice.ratelimit;

import org.jspecify.annotations.NullMarked;
