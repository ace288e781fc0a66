/**
 * Where a request runs: deployments, their addresses, and the client that forwards to them.
 *
 * <p>Reads and writes bytes; it decides nothing.
 *
 * <p>May depend on {@code policy}.
 */
@NullMarked
package dev.sluice.backend;

import org.jspecify.annotations.NullMarked;
