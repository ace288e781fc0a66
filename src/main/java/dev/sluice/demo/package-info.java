/**
 * The demo and the simulated RDU backend that it, the tests and the benchmarks run.
 *
 * <p>Nothing outside of the demo, the command line and the tests may depend on it.
 *
 * <p>May depend on everything.
 */
@NullMarked
package dev.sluice.demo;

import org.jspecify.annotations.NullMarked;
