package dev.sluice.admission;

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

  /** By organization. */
  private final Tally<String> holdsOf = new Tally<>();

  private final Tally<String> windowsOf = new Tally<>();
  private long pruned;

  /** Written under the lock; read without it by every request, also when nothing is wrong. */
  private volatile boolean empty = true;

  /** Where requests of a period are counted. */
  private record Place(String organization, Scope scope, long periodMillis) {}

  /**
   * @param most holds, and windows, that are kept; an organization may have as many as are left
   *     free: alone half of them, and never all
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
    running.started(hold);
    if (hold.toBeAdopted()) {
      LocalHold.Charge charge = shared.orElseGet(() -> charge(hold, time));
      charge.join();
      holds.put(hold.id(), new LocalHold(hold, time, charge));
      holdsOf.add(hold.organization());
      empty = false;
    }
    return new Counters.Outcome.Held(List.of());
  }

  /** Why a hold is not admitted: of several limits, the one that lasts longest. */
  private Optional<Counters.Outcome> refusal(Hold hold, boolean paid, long time) {
    if (hold.toBeAdopted() && full(hold.organization(), time)) {
      return Optional.of(new Counters.Outcome.Unavailable());
    }
    Counters.Outcome.ShareExceeded longest = null;
    for (ScopedLimit limit : hold.limits()) {
      if (!Hold.toBeAdopted(limit)) {
        // In shadow it refuses nothing; of end users what is kept here has a bound of its own.
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
        charge.count(windows.computeIfAbsent(place, this::window), time);
      }
    }
    hold.request().ifPresent(request -> requests.put(request, charge));
    return charge;
  }

  private RollingWindow window(Place place) {
    windowsOf.add(place.organization());
    return new RollingWindow(place.periodMillis());
  }

  private boolean full(String organization, long time) {
    if (hasRoom(organization)) {
      return false;
    }
    prune(time);
    return !hasRoom(organization);
  }

  private boolean hasRoom(String organization) {
    return holdsOf.of(organization) < most - holds.size()
        && windowsOf.of(organization) < most - windows.size();
  }

  /** Forgets empty windows and what need not be told any more; not too often. */
  private void prune(long time) {
    if (time - pruned < PRUNE_MILLIS) {
      return;
    }
    pruned = time;
    windows.entrySet().removeIf(one -> isOver(one.getKey(), one.getValue(), time));
    List.copyOf(holds.values()).stream().filter(one -> one.passed(time)).forEach(this::forget);
  }

  private boolean isOver(Place place, RollingWindow window, long time) {
    boolean over = window.used(time) == 0;
    if (over) {
      windowsOf.remove(place.organization());
    }
    return over;
  }

  /** A hold that is kept here lives until its end is told; false when it is not kept. */
  boolean renew(Hold hold) {
    return !empty && has(hold);
  }

  private synchronized boolean has(Hold hold) {
    return holds.containsKey(hold.id());
  }

  /** Ends a hold: its request ran. False when it is not kept here. */
  boolean settle(Hold hold, Settlement settlement) {
    return !empty && settleKept(hold, settlement);
  }

  private synchronized boolean settleKept(Hold hold, Settlement settlement) {
    LocalHold its = holds.get(hold.id());
    if (its != null && its.open()) {
      its.settled = Optional.of(settlement);
      leave(its, true);
    }
    return its != null;
  }

  /**
   * Ends a hold and gives back what it took. False when the store is to be told: the hold is not
   * kept here, or the store may have adopted it.
   */
  boolean cancel(Hold hold) {
    return !empty && cancelKept(hold);
  }

  private synchronized boolean cancelKept(Hold hold) {
    LocalHold its = holds.get(hold.id());
    if (its == null || !its.open()) {
      return its != null;
    }
    its.cancelled = true;
    leave(its, false);
    if (its.onItsWay) {
      return true;
    }
    forget(its);
    return !its.mayHaveArrived;
  }

  private void leave(LocalHold hold, boolean ran) {
    if (hold.charge.leave(ran)) {
      hold.hold.request().ifPresent(request -> requests.remove(request, hold.charge));
    }
  }

  /** How many holds the store has not adopted. */
  synchronized int kept() {
    prune(time());
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
    if (!holds.remove(hold.hold.id(), hold)) {
      return;
    }
    holdsOf.remove(hold.hold.organization());
    empty = holds.isEmpty();
    if (hold.charge.forget()) {
      hold.hold.request().ifPresent(request -> requests.remove(request, hold.charge));
    }
  }

  /**
   * The store did not answer: the hold goes again, behind the others.
   *
   * @param mayHaveArrived whether the store may have adopted it, or still will
   * @return false when it was cancelled meanwhile, and is forgotten: the store is to be told
   */
  synchronized boolean keep(LocalHold hold, boolean mayHaveArrived) {
    hold.mayHaveArrived |= mayHaveArrived;
    if (hold.cancelled) {
      forget(hold);
      return false;
    }
    hold.onItsWay = false;
    if (holds.remove(hold.hold.id(), hold)) {
      holds.put(hold.hold.id(), hold);
    }
    return true;
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
