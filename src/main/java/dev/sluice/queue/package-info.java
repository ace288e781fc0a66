/**
 * When a request runs: the port {@code Dispatcher}, which gives waiting requests the batch slots of
 * deployments in the order of each qosList, and its implementation inside one process.
 *
 * <p>Knows deployments by name only; where they are is the business of {@code backend}.
 *
 * <p>May depend on {@code policy}.
 */
@NullMarked
package dev.sluice.queue;

import org.jspecify.annotations.NullMarked;
