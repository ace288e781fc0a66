/**
 * The door for Prometheus and for the probes of an orchestrator: /metrics, /live, /ready.
 *
 * <p>It shows and changes nothing.
 *
 * <p>May depend on what {@code edge} may.
 */
@NullMarked
package dev.sluice.edge.metrics;

import org.jspecify.annotations.NullMarked;
