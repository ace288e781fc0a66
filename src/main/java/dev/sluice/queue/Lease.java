package dev.sluice.queue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A slot that is given away. Its fields are guarded by the dispatcher's lock. */
final class Lease implements Dispatcher.Grant, Ending {
  private final LocalDispatcher dispatcher;
  private final Slots slots;
  private final long sequence;
  private long at;

  Lease(LocalDispatcher dispatcher, Slots slots, long at, long sequence) {
    this.dispatcher = dispatcher;
    this.slots = slots;
    this.at = at;
    this.sequence = sequence;
  }

  @Override
  public String deployment() {
    return slots.deployment();
  }

  @Override
  public CompletionStage<Boolean> renew() {
    return CompletableFuture.completedStage(dispatcher.renew(this));
  }

  @Override
  public void release() {
    dispatcher.release(this);
  }

  Slots slots() {
    return slots;
  }

  void endAt(long later) {
    at = later;
  }

  @Override
  public long at() {
    return at;
  }

  @Override
  public long sequence() {
    return sequence;
  }
}
