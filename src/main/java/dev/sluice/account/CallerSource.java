package dev.sluice.account;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Says who a key stands for, and how fresh that is. Stages fail when it cannot be said.
 *
 * <p>Safe for use by many threads; never blocks.
 */
public interface CallerSource {
  /** The caller as this replica knows it, however old that is, else as the store says. */
  CompletionStage<Optional<Caller>> known(KeyText key);

  /** The caller as the store had it within {@code age}. */
  CompletionStage<Optional<Caller>> recent(KeyText key, Duration age);

  /** The caller as the store has it. */
  CompletionStage<Optional<Caller>> load(KeyText key);

  /** Nanoseconds of a ticker, for {@link #confirmed}. */
  long now();

  /**
   * The store has said that a caller's version is that of its organization.
   *
   * @param asked when it was asked
   */
  void confirmed(KeyText key, Caller caller, long asked);
}
