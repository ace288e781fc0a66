/**
 * What is measured: every metric of Sluice, with its name, labels and meaning, in one place.
 *
 * <p>Labels are bounded: a value comes from the configuration or from a closed set.
 *
 * <p>May depend on nothing else of Sluice.
 */
@NullMarked
package dev.sluice.metrics;

import org.jspecify.annotations.NullMarked;
