/**
 * The gateway: the door that OpenAI-compatible clients talk to, and that forwards what was
 * admitted.
 *
 * <p>One {@code Exchange} is the life of one request, from its head to its settlement.
 *
 * <p>May depend on what {@code edge} may.
 */
@NullMarked
package dev.sluice.edge.openai;

import org.jspecify.annotations.NullMarked;
