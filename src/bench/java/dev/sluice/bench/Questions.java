package dev.sluice.bench;

import java.util.Optional;

/**
 * Requests of one kind, which are sent in turn, and what their answers must be.
 *
 * @param <Q> a request
 * @param <A> an answer
 */
interface Questions<Q, A> {
  /** How many different ones there are. */
  int count();

  Q question(int index);

  /** What is wrong with the answer to a request. */
  Optional<String> wrong(int index, A answer);
}
