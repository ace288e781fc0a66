/**
 * Benchmarks: commands that measure, next to a floor or a peer in the same run.
 *
 * <p>No test depends on a figure of theirs.
 */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
