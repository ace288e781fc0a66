/**
 * TLS at the doors: what is in force, and how it is replaced while connections are open.
 *
 * <p>Knows nothing of what the doors serve.
 *
 * <p>May depend on {@code tls} and {@code metrics}.
 */
@NullMarked
package dev.sluice.edge.tls;

import org.jspecify.annotations.NullMarked;
