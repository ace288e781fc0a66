/**
 * The command line about accounts: organizations, projects, users, keys, and files of them.
 *
 * <p>A command works on the Redis that the configuration names, whether or not a server runs.
 *
 * <p>May depend on {@code account}, {@code config}, {@code policy}, {@code redis} and {@code
 * metrics}.
 */
@NullMarked
package dev.sluice.commandline;

import org.jspecify.annotations.NullMarked;
