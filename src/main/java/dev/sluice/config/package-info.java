/**
 * The configuration files, read into the types of the other packages.
 *
 * <p>A file is parsed and checked whole: all its problems are reported at once, each with file,
 * line, field and what was expected.
 *
 * <p>May depend on {@code policy}, {@code queue}, {@code backend}, {@code account} and {@code tls}.
 */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
