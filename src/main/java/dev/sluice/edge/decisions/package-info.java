/**
 * What was decided, written down: the decision log, and the refusals that are kept for a while.
 *
 * <p>Nobody who decides waits for it: what comes in goes into bounded queues, which threads of
 * their own empty. What finds no room, or cannot be written, is dropped and counted.
 *
 * <p>May depend on what {@code edge} may.
 */
@NullMarked
package dev.sluice.edge.decisions;

import org.jspecify.annotations.NullMarked;
