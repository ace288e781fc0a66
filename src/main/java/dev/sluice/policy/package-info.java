/**
 * What is allowed: tiers, their blocks, limits and the catalog of all models.
 *
 * <p>Everything here is immutable and free of I/O; a catalog is one snapshot of the configuration.
 *
 * <p>May depend on nothing else of Sluice; any package may depend on it.
 */
@NullMarked
package dev.sluice.policy;

import org.jspecify.annotations.NullMarked;
