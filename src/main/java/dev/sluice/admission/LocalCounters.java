package dev.sluice.admission;

import dev.sluice.policy.EndUsers;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Counts in this replica what it admits without the store, by its share of each limit, until the
 * store has adopted it. All calls answer at once.
 *
 * <p>Its windows outlast an outage: so however often the store goes away, no more than a share is
 * admitted without it in any period. Safe for use by many threads.
 */
final class LocalCounters {
  /** What one is told to wait at most: the store may be back long before the share has room. */
  private static final long LONGEST_RETRY_MILLIS = 5_000;

  /** As many attempts of a request share its charge as in {@code redis/requests.lua}. */
  private static final int MOST_ATTEMPTS = 5;

  private static final long PRUNE_MILLIS = 10_000;

  private final OutagePolicy policy;
  private final IntSupplier replicas;
  private final RunningHere running;
  private final LongSupplier nanos;
  private final int most;
  private final Map<String, LocalHold> holds = new LinkedHashMap<>();
  private final Map<Place, RollingWindow> windows = new HashMap<>();
  private final Map<String, LocalHold.Charge> requests = new HashMap<>();
  private long pruned;

  /** Where requests of a period are counted. */
  private record Place(String organization, Scope scope, long periodMillis) {}

  /**
   * @param most holds, and windows, that are kept; with more nothing is admitted
   */
  LocalCounters(
      OutagePolicy policy,
      IntSupplier replicas,
      RunningHere running,
      LongSupplier nanos,
      int most) {
    this.policy = policy;
    this.replicas = replicas;
    this.running = running;
    this.nanos = nanos;
    this.most = most;
  }

  /** Counts one request in every limit of the hold, or in none. */
  synchronized Counters.Outcome admit(Hold hold) {
    if (holds.containsKey(hold.id())) {
      return new Counters.Outcome.Held(List.of());
    }
    long time = time();
    Optional<LocalHold.Charge> shared =
        hold.request().map(requests::get).filter(one -> one.attempts() < MOST_ATTEMPTS);
    Optional<Counters.Outcome> refusal = refusal(hold, shared.isPresent(), time);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    LocalHold.Charge charge = shared.orElseGet(() -> charge(hold, time));
    charge.join();
    running.started(hold);
    holds.put(hold.id(), new LocalHold(hold, time, charge));
    return new Counters.Outcome.Held(List.of());
  }

  /** Why a hold is not admitted: of several limits, the one that lasts longest. */
  private Optional<Counters.Outcome> refusal(Hold hold, boolean paid, long time) {
    if (full(time)) {
      return Optional.of(new Counters.Outcome.Unavailable());
    }
    Counters.Outcome.ShareExceeded longest = null;
    for (ScopedLimit limit : hold.limits()) {
      if (limit.shadow() || limit.limit() instanceof EndUsers) {
        // The one refuses nothing, and of the other what is kept here has a bound of its own.
        continue;
      }
      Fallback fallback = policy.of(limit.limit());
      if (limit.limit().allowed() == 0) {
        EvaluatedLimit never = new EvaluatedLimit(limit, 0, Duration.ZERO, Optional.empty());
        return Optional.of(new Counters.Outcome.Exceeded(List.of(never)));
      } else if (fallback == Fallback.CLOSED) {
        return Optional.of(new Counters.Outcome.Unavailable());
      } else if (fallback == Fallback.SHARE) {
        long share = limit.limit().allowed() / Math.max(1, replicas.getAsInt());
        long retry = retry(hold.organization(), limit, share, paid, time);
        if (retry > 0 && (longest == null || retry > longest.retryAfter().toMillis())) {
          longest = new Counters.Outcome.ShareExceeded(limit, share, Duration.ofMillis(retry));
        }
      }
    }
    return Optional.ofNullable(longest);
  }

  /** Milliseconds until one more passes, as far as that can be said; 0: now. */
  private long retry(String organization, ScopedLimit limit, long share, boolean paid, long time) {
    if (limit.limit() instanceof Rate rate) {
      RollingWindow window =
          windows.get(new Place(organization, limit.scope(), periodMillis(rate)));
      boolean room = paid || (window == null ? 0 : window.used(time)) < share;
      long wait = window == null ? LONGEST_RETRY_MILLIS : window.retry(time, share);
      return room ? 0 : Math.min(LONGEST_RETRY_MILLIS, wait);
    }
    return running.count(organization, limit.scope()) < share ? 0 : 1_000;
  }

  private LocalHold.Charge charge(Hold hold, long time) {
    LocalHold.Charge charge = new LocalHold.Charge();
    for (ScopedLimit limit : hold.limits()) {
      if (limit.limit() instanceof Rate rate && !rate.shadow()) {
        Place place = new Place(hold.organization(), limit.scope(), periodMillis(rate));
        charge.count(
            windows.computeIfAbsent(place, its -> new RollingWindow(its.periodMillis())), time);
      }
    }
    hold.request().ifPresent(request -> requests.put(request, charge));
    return charge;
  }

  private boolean full(long time) {
    return holds.size() >= most || (windows.size() >= most && prune(time) >= most);
  }

  /** Forgets empty windows, not too often; how many are left. */
  private int prune(long time) {
    if (time - pruned >= PRUNE_MILLIS) {
      pruned = time;
      windows.values().removeIf(window -> window.used(time) == 0);
    }
    return windows.size();
  }

  /** A hold that is kept here lives until its end is told; false when it is not kept. */
  synchronized boolean renew(Hold hold) {
    return holds.containsKey(hold.id());
  }

  /** Ends a hold: its request ran. False when it is not kept here. */
  synchronized boolean settle(Hold hold, Settlement settlement) {
    LocalHold its = holds.get(hold.id());
    if (its != null && its.open()) {
      its.settled = Optional.of(settlement);
      leave(its, true);
    }
    return its != null;
  }

  /** Ends a hold and gives back what it took. False when it is not kept here. */
  synchronized boolean cancel(Hold hold) {
    LocalHold its = holds.get(hold.id());
    if (its != null && its.open()) {
      its.cancelled = true;
      leave(its, false);
      if (!its.onItsWay) {
        holds.remove(hold.id());
      }
    }
    return its != null;
  }

  private void leave(LocalHold hold, boolean ran) {
    if (hold.charge.leave(ran)) {
      hold.hold.request().ifPresent(request -> requests.remove(request, hold.charge));
    }
  }

  /** How many holds the store has not adopted. */
  synchronized int kept() {
    if (holds.isEmpty()) {
      prune(time());
    }
    return holds.size();
  }

  /** Some holds that are on their way to the store from now on, the oldest first. */
  synchronized List<LocalHold> depart(int number) {
    List<LocalHold> departing = new ArrayList<>();
    for (LocalHold hold : holds.values()) {
      if (departing.size() == number) {
        break;
      }
      if (!hold.onItsWay) {
        hold.onItsWay = true;
        hold.toldSettled = hold.settled.isPresent();
        departing.add(hold);
      }
    }
    return departing;
  }

  /** The store has adopted a hold, or never will: its end is not told here any more. */
  synchronized void forget(LocalHold hold) {
    holds.remove(hold.hold.id());
    hold.hold.request().ifPresent(request -> requests.remove(request, hold.charge));
  }

  /** The store did not answer: the hold goes again, behind the others. */
  synchronized void keep(LocalHold hold) {
    forget(hold);
    if (!hold.cancelled) {
      hold.onItsWay = false;
      holds.put(hold.hold.id(), hold);
      hold.hold.request().ifPresent(request -> requests.putIfAbsent(request, hold.charge));
    }
  }

  /** How long a hold has been kept. */
  Duration age(LocalHold hold) {
    return Duration.ofMillis(time() - hold.admittedAt);
  }

  private long time() {
    return nanos.getAsLong() / 1_000_000;
  }

  /** Rounded up: a shorter period would admit more. */
  private static long periodMillis(Rate rate) {
    return rate.period().plusNanos(999_999).toMillis();
  }
}
