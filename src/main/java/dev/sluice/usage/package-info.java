/**
 * What a request cost: the usage that a backend reported, and the settlement that ends a hold.
 *
 * <p>Immutable data without I/O.
 *
 * <p>May depend on {@code policy}.
 */
@NullMarked
package dev.sluice.usage;

import org.jspecify.annotations.NullMarked;
