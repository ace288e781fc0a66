/**
 * The doors: each translates its protocol to an admission request, and a decision back.
 *
 * <p>No door has a rule of its own; what a refusal looks like to a client is said once, here.
 *
 * <p>May depend on everything but {@code redis} and {@code demo}.
 */
@NullMarked
package dev.sluice.edge;

import org.jspecify.annotations.NullMarked;
