package dev.sluice.admission;

import dev.sluice.usage.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A hold that was admitted without the store; guarded by its {@link LocalCounters}. */
final class LocalHold {
  final Hold hold;
  final long admittedAt;
  final Charge charge;
  Optional<Settlement> settled = Optional.empty();
  boolean cancelled;

  /** The store was asked to adopt it, and has not answered. */
  boolean onItsWay;

  /** What the store was asked to adopt had ended. */
  boolean toldSettled;

  /**
   * @param admittedAt in milliseconds
   */
  LocalHold(Hold hold, long admittedAt, Charge charge) {
    this.hold = hold;
    this.admittedAt = admittedAt;
    this.charge = charge;
  }

  /** Whether it has not ended. */
  boolean open() {
    return settled.isEmpty() && !cancelled;
  }

  /** What a request took of its windows; its attempts share it. */
  static final class Charge {
    private final List<Place> places = new ArrayList<>(2);
    private int attempts;
    private int open;
    private boolean ran;

    /** Where one was counted. */
    private record Place(RollingWindow window, long subwindow) {}

    /** Counts one, once in each window. */
    void count(RollingWindow window, long time) {
      if (places.stream().noneMatch(place -> place.window().equals(window))) {
        places.add(new Place(window, window.add(time)));
      }
    }

    int attempts() {
      return attempts;
    }

    /** One more attempt runs. */
    void join() {
      attempts++;
      open++;
    }

    /**
     * An attempt has ended. With the last one, if none ran, all is given back.
     *
     * @return whether it was given back
     */
    boolean leave(boolean itRan) {
      open--;
      ran = ran || itRan;
      if (open > 0 || ran) {
        return false;
      }
      places.forEach(place -> place.window().takeBack(place.subwindow()));
      return true;
    }
  }
}
