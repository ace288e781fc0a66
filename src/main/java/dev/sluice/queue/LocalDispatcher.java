package dev.sluice.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * The dispatcher of one process, with all of its state in memory.
 *
 * <p>Thread-safe. One lock guards everything and is held for a short time; outcomes complete on the
 * thread that brought them about, after it has let go of the lock, so what hangs on them may call
 * back.
 *
 * <p>No slot is ever free while a request waits that it may serve. Therefore a request that finds a
 * free slot passes nobody by.
 *
 * <p>Waits and leases end at the next call that touches the queue, in the order of their times.
 * {@link #expire} bounds how late that is when nothing else calls.
 */
public final class LocalDispatcher implements Dispatcher {
  /** Nothing lasts longer, so that sums of times do not overflow. */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final ReentrantLock lock = new ReentrantLock();
  private final LongSupplier ticker;
  private final long origin;
  private final long leaseNanos;
  private final long graceNanos;

  /** Those that serve, and behind them those that do not any more but still run something. */
  private final Map<String, Slots> deployments = new LinkedHashMap<>();

  private final Map<String, Map<String, Line>> lines = new LinkedHashMap<>();
  private final NavigableSet<Ending> endings = new TreeSet<>(Ending.EARLIEST_FIRST);
  private final List<Place> ended = new ArrayList<>();
  private long sequence;

  /** Longer than a decision takes: a request may come with the label of a moment ago. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /**
   * @param deployments each with a name of its own
   * @param lease how long a grant lives without renewal
   * @param ticker nanoseconds from any origin, never going back, as {@code System::nanoTime}
   */
  public LocalDispatcher(List<BatchSlots> deployments, Duration lease, LongSupplier ticker) {
    this(deployments, lease, GRACE, ticker);
  }

  /**
   * @param grace how long one may still join with a label that no deployment lists any more
   */
  LocalDispatcher(
      List<BatchSlots> deployments, Duration lease, Duration grace, LongSupplier ticker) {
    this.graceNanos = nanos(grace);
    this.ticker = ticker;
    this.origin = ticker.getAsLong();
    this.leaseNanos = nanos(lease);
    if (leaseNanos <= 0) {
      throw new IllegalArgumentException("a lease must be longer than nothing: " + lease);
    }
    configure(deployments);
  }

  /**
   * Puts these deployments in the place of those before. Whoever waits keeps its place, and whoever
   * runs its slot: a deployment that has fewer slots than it runs requests takes none until enough
   * have ended. Those who wait, or join a moment later, with a label that no deployment lists any
   * more have their turn after all others; only those whose model is gone are told that nobody
   * serves it.
   *
   * @param wanted each with a name of its own
   */
  public void configure(List<BatchSlots> wanted) {
    Set<String> names = new HashSet<>();
    for (BatchSlots deployment : wanted) {
      if (!names.add(deployment.deployment())) {
        throw new IllegalArgumentException("two deployments are named " + deployment.deployment());
      }
    }
    locked(
        now -> {
          arrange(wanted, now);
          keepThoseWhoWait(wanted, now);
          deployments.values().forEach(slots -> serve(slots, now));
          return true;
        });
  }

  private void arrange(List<BatchSlots> wanted, long now) {
    allLines().forEach(line -> line.servedByNobody(now + graceNanos));
    Map<String, Slots> before = new LinkedHashMap<>(deployments);
    before.values().forEach(Slots::serveNothing);
    deployments.clear();
    for (BatchSlots deployment : wanted) {
      String name = deployment.deployment();
      Slots slots = Optional.ofNullable(before.remove(name)).orElseGet(() -> new Slots(name));
      deployments.put(name, slots);
      serveBy(slots, deployment);
    }
    before.values().stream()
        .filter(Slots::inUse)
        .forEach(slots -> deployments.put(slots.deployment(), slots));
  }

  private void serveBy(Slots slots, BatchSlots deployment) {
    slots.resize(deployment.slots());
    for (String label : deployment.qosList().labels()) {
      List<Line> served = new ArrayList<>();
      for (String model : deployment.models()) {
        served.add(
            lines
                .computeIfAbsent(model, m -> new LinkedHashMap<>())
                .computeIfAbsent(label, l -> new Line(model, l)));
      }
      slots.serveNext(served);
    }
  }

  private void keepThoseWhoWait(List<BatchSlots> wanted, long now) {
    List<Line> closed = allLines().stream().filter(line -> !line.listed()).toList();
    for (BatchSlots deployment : wanted) {
      List<Line> its =
          closed.stream().filter(line -> deployment.models().contains(line.model())).toList();
      Optional.ofNullable(deployments.get(deployment.deployment()))
          .ifPresent(slots -> slots.serveLast(its));
    }
    for (Line line : closed) {
      boolean gone = wanted.stream().noneMatch(d -> d.models().contains(line.model()));
      for (Place place : gone ? line.places() : List.<Place>of()) {
        leave(place);
        end(place, new Outcome.Unserved());
      }
      if (gone || (line.length() == 0 && !line.joinable(now))) {
        lines.getOrDefault(line.model(), Map.of()).values().remove(line);
      }
    }
    lines.values().removeIf(Map::isEmpty);
  }

  private List<Line> allLines() {
    return lines.values().stream().flatMap(byLabel -> byLabel.values().stream()).toList();
  }

  @Override
  public Waiter enqueue(Ticket ticket) {
    return locked(
        now ->
            Optional.ofNullable(lines.getOrDefault(ticket.model(), Map.of()).get(ticket.qos()))
                .filter(line -> line.joinable(now))
                .map(line -> join(line, ticket, now))
                .orElseGet(() -> new Answered(new Outcome.Unserved())));
  }

  /** Ends the waits and leases whose time has come; to be called every few ten milliseconds. */
  public void expire() {
    locked(now -> true);
  }

  /** What waits and what runs now; every model and label that is served is listed. */
  public QueueSnapshot snapshot() {
    return locked(
        now ->
            new QueueSnapshot(
                allLines().stream()
                    .filter(line -> line.listed() || line.length() > 0)
                    .map(line -> line.snapshot(now))
                    .toList(),
                deployments.values().stream()
                    .filter(slots -> slots.serves() || slots.inUse())
                    .map(Slots::snapshot)
                    .toList()));
  }

  /** Leaves the line, or gives back the slot that the place has led to. */
  void cancel(Place place) {
    locked(
        now -> {
          if (place.isWaiting()) {
            leave(place);
            end(place, new Outcome.Cancelled());
          }
          place.lease().ifPresent(lease -> free(lease, now));
          return true;
        });
  }

  void release(Lease lease) {
    locked(now -> free(lease, now));
  }

  /** False when the lease has ended. */
  boolean renew(Lease lease) {
    return locked(
        now -> {
          boolean held = endings.remove(lease);
          if (held) {
            lease.endAt(now + leaseNanos);
            endings.add(lease);
          }
          return held;
        });
  }

  /** Takes one step at one moment, after all that ends by itself until then. */
  private <T> T locked(LongFunction<T> step) {
    T result;
    List<Place> told;
    lock.lock();
    try {
      long now = ticker.getAsLong() - origin;
      while (!endings.isEmpty() && endings.first().at() <= now) {
        endBySelf(endings.first(), now);
      }
      result = step.apply(now);
      told = List.copyOf(ended);
      ended.clear();
    } finally {
      lock.unlock();
    }
    told.forEach(Place::tell);
    return result;
  }

  private void endBySelf(Ending ending, long now) {
    if (ending instanceof Lease lease) {
      free(lease, now);
    } else if (ending instanceof Place place) {
      leave(place);
      Duration waited = Duration.ofNanos(now - place.joined());
      end(place, new Outcome.TimedOut(waited, place.line().retryAfter()));
    }
  }

  private Waiter join(Line line, Ticket ticket, long now) {
    Optional<Slots> free = line.freeSlots();
    if (free.isEmpty() && line.length() >= ticket.queueDepth()) {
      return new Answered(new Outcome.Full(line.length(), ticket.queueDepth(), line.retryAfter()));
    }
    long wait = nanos(ticket.maxWait());
    if (free.isEmpty() && wait <= 0) {
      return new Answered(new Outcome.TimedOut(Duration.ZERO, line.retryAfter()));
    }
    Place place = new Place(this, line, now, now + wait, sequence++);
    if (free.isPresent()) {
      grant(place, free.get(), now);
    } else {
      line.add(place);
      endings.add(place);
    }
    return place;
  }

  private void leave(Place place) {
    endings.remove(place);
    place.line().remove(place);
  }

  private void grant(Place place, Slots slots, long now) {
    Lease lease = new Lease(this, slots, now + leaseNanos, sequence++);
    slots.take();
    endings.add(lease);
    place.endWith(lease);
    ended.add(place);
  }

  /** Does nothing, and says false, when the lease has ended: the slot may be another's by now. */
  private boolean free(Lease lease, long now) {
    boolean held = endings.remove(lease);
    if (held) {
      Slots slots = lease.slots();
      slots.giveBack();
      serve(slots, now);
    }
    return held;
  }

  /** Gives what is free to those who wait. */
  private void serve(Slots slots, long now) {
    while (slots.free() > 0) {
      Optional<Place> next = slots.next();
      if (next.isEmpty()) {
        return;
      }
      Place place = next.get();
      leave(place);
      place.line().drained(place, now);
      grant(place, slots, now);
    }
  }

  private void end(Place place, Outcome outcome) {
    place.endWith(outcome);
    ended.add(place);
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
  }
}
