/**
 * Who calls: organizations, projects, users and their API keys, and the port that finds them.
 *
 * <p>A key leads to its organization by its text alone, so that one store script in one slot
 * answers.
 *
 * <p>May depend on {@code policy}.
 */
@NullMarked
package dev.sluice.account;

import org.jspecify.annotations.NullMarked;
