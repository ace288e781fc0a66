package dev.sluice.admission;

import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Rate;
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

  /** The store may have adopted it, though it did not answer. */
  boolean mayHaveArrived;

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

  /**
   * Whether the store no longer needs to know of it: its windows have passed, and it cannot run.
   */
  boolean passed(long time) {
    return !onItsWay
        && time - admittedAt > lasts()
        && (settled.isPresent() || hold.limits().stream().noneMatch(LocalHold::ofRunning));
  }

  private static boolean ofRunning(ScopedLimit limit) {
    return !limit.shadow() && limit.limit() instanceof Concurrency;
  }

  /** In milliseconds; a little longer than a window counts, and never shorter than the lease. */
  private long lasts() {
    return hold.limits().stream()
        .filter(limit -> limit.limit() instanceof Rate && !limit.shadow())
        .mapToLong(limit -> ((Rate) limit.limit()).period().toMillis() * 33 / 32 + 1)
        .reduce(hold.lease().toMillis(), Math::max);
  }

  /** Whether it has not ended. */
  boolean open() {
    return settled.isEmpty() && !cancelled;
  }

  /** What a request took of its windows; its attempts share it. */
  static final class Charge {
    private final List<Place> places = new ArrayList<>(2);
    private int attempts;
    private int kept;
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
      kept++;
      open++;
    }

    /** One of them is not kept any more; whether none is. */
    boolean forget() {
      kept--;
      return kept == 0;
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
