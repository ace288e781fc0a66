/**
 * The command line about accounts: organizations, projects, users, keys, files of them, and what is
 * decided about them.
 *
 * <p>A command works on the Redis that the configuration names, whether or not a server runs.
 *
 * <p>May depend on {@code account}, {@code admission}, {@code config}, {@code policy}, {@code
 * ratelimit}, {@code redis} and {@code metrics}, and on {@code edge} for the words that clients are
 * told.
 */
@NullMarked
package dev.sluice.commandline;

import org.jspecify.annotations.NullMarked;
