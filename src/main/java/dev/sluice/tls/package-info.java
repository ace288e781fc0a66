/**
 * The certificates and keys of doors, and of the client of Redis: the PEM files, what stands in
 * them, and what is wrong with them.
 *
 * <p>Reads files, knows no server: what checks a configuration and what replaces certificates while
 * the server runs read them in the same way.
 *
 * <p>May depend on nothing else of ours.
 */
@NullMarked
package dev.sluice.tls;

import org.jspecify.annotations.NullMarked;
