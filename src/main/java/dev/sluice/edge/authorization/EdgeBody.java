package dev.sluice.edge.authorization;

import java.util.Optional;

/** What an edge shows of a request's body. */
public sealed interface EdgeBody {
  /** Nothing: it does not send bodies, or there is none. */
  record NotShown() implements EdgeBody {}

  /**
   * All of it.
   *
   * @param bytes not copied; must not be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares bodies
  record Whole(Optional<String> contentEncoding, byte[] bytes) implements EdgeBody {}

  /**
   * Its beginning.
   *
   * @param bytes not copied; must not be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares bodies
  record Beginning(byte[] bytes) implements EdgeBody {}
}
