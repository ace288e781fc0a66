/**
 * The one decision that every door asks for, and the port by which it counts.
 *
 * <p>The code is pure policy over the ports {@code Counters} and {@code Accounts}: no protocol, no
 * store and no framework is known here.
 *
 * <p>May depend on {@code policy}, {@code account} and {@code usage}.
 */
@NullMarked
package dev.sluice.admission;

import org.jspecify.annotations.NullMarked;
