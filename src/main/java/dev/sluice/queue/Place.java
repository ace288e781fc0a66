package dev.sluice.queue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request's place in a line. Its mutable fields are guarded by the dispatcher's lock. */
final class Place implements Dispatcher.Waiter, Ending {
  private final LocalDispatcher dispatcher;
  private final Line line;
  private final long joined;
  private final long at;
  private final long sequence;
  private final CompletableFuture<Dispatcher.Outcome> future = new CompletableFuture<>();
  private Optional<Dispatcher.Outcome> end = Optional.empty();
  private Optional<Lease> lease = Optional.empty();

  /**
   * @param joined the time, in nanoseconds of the dispatcher's clock
   * @param at when the wait ends
   */
  Place(LocalDispatcher dispatcher, Line line, long joined, long at, long sequence) {
    this.dispatcher = dispatcher;
    this.line = line;
    this.joined = joined;
    this.at = at;
    this.sequence = sequence;
  }

  @Override
  public CompletionStage<Dispatcher.Outcome> outcome() {
    return future.minimalCompletionStage();
  }

  @Override
  public void cancel() {
    dispatcher.cancel(this);
  }

  Line line() {
    return line;
  }

  long joined() {
    return joined;
  }

  @Override
  public long at() {
    return at;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  boolean isWaiting() {
    return end.isEmpty();
  }

  /** The slot that the place led to; it may have been given back since. */
  Optional<Lease> lease() {
    return lease;
  }

  void endWith(Lease granted) {
    lease = Optional.of(granted);
    end = Optional.of(new Dispatcher.Outcome.Granted(granted));
  }

  void endWith(Dispatcher.Outcome outcome) {
    end = Optional.of(outcome);
  }

  /** Tells the end. To be called once, after the end is known, without the lock. */
  void tell() {
    end.ifPresent(future::complete);
  }
}
