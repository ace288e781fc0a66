package dev.sluice.demo;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * A completion that is being generated.
 *
 * <p>Choices are generated side by side: token {@code k} of the whole belongs to choice {@code k}
 * modulo the number of choices.
 *
 * @param cut after how many tokens the connection is closed
 * @param startedNanos {@code System.nanoTime()} at {@code startedAt}
 */
record Generation(
    Completion completion, Pace pace, OptionalInt cut, Instant startedAt, long startedNanos) {

  static Generation start(Completion completion, Pace pace, OptionalInt cut) {
    return new Generation(completion, pace, cut, Instant.now(), System.nanoTime());
  }

  /** How many tokens there will be. */
  int goal() {
    return Math.min(completion.tokens(), cut.orElse(Integer.MAX_VALUE));
  }

  /** Whether the connection is closed at the goal, before the end of the answer. */
  boolean cutOff() {
    return cut.isPresent() && cut.getAsInt() <= completion.tokens();
  }

  /** How many of them are due by now. */
  int due() {
    return Math.min(goal(), pace.tokensDue(elapsedNanos()));
  }

  /** How long it is until so many tokens are due; 0 or less when they are. */
  long nanosUntil(int tokens) {
    long due = pace.nanosUntil(tokens);
    return due == 0 ? 0 : due - elapsedNanos();
  }

  long elapsedNanos() {
    return System.nanoTime() - startedNanos;
  }
}
