/**
 * The door for the one on call: what is configured and what waits, without secrets.
 *
 * <p>It listens on the loopback address unless it is told otherwise.
 *
 * <p>May depend on what {@code edge} may.
 */
@NullMarked
package dev.sluice.edge.debug;

import org.jspecify.annotations.NullMarked;
