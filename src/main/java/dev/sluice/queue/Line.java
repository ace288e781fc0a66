package dev.sluice.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Those who wait for one model with one label, first come first served. Guarded by the dispatcher's
 * lock.
 */
final class Line {
  private final String model;
  private final String label;
  private final Set<Place> places = new LinkedHashSet<>();
  private final List<Server> servers = new ArrayList<>();
  private final DrainRate rate = new DrainRate();

  /** Slots that serve this line, and where its label stands in their qosList. */
  private record Server(Slots slots, int rank) {}

  Line(String model, String label) {
    this.model = model;
    this.label = label;
  }

  /**
   * Adds a deployment.
   *
   * @param rank where this line's label stands in its qosList, from 0
   */
  void servedBy(Slots slots, int rank) {
    servers.add(new Server(slots, rank));
  }

  /** Forgets the deployments. */
  void servedByNobody() {
    servers.clear();
  }

  /** Whether a deployment lists the label; if none does, nobody may join any more. */
  boolean open() {
    return !servers.isEmpty();
  }

  String model() {
    return model;
  }

  /** Those who wait now, in their order. */
  List<Place> places() {
    return List.copyOf(places);
  }

  void add(Place place) {
    places.add(place);
  }

  void remove(Place place) {
    places.remove(place);
  }

  int length() {
    return places.size();
  }

  Optional<Place> first() {
    return places.isEmpty() ? Optional.empty() : Optional.of(places.iterator().next());
  }

  /**
   * A deployment with a free slot: the one that puts the label first, and of several the one with
   * most slots free.
   */
  Optional<Slots> freeSlots() {
    return servers.stream()
        .filter(server -> server.slots().free() > 0)
        .min(
            Comparator.comparingInt(Server::rank)
                .thenComparing(server -> server.slots().free(), Comparator.reverseOrder()))
        .map(Server::slots);
  }

  /** Notes that a waiter got a slot. */
  void drained(Place place, long now) {
    rate.drained(place.joined(), now);
  }

  Duration retryAfter() {
    return rate.retryAfter();
  }

  QueueSnapshot.Waiting snapshot(long now) {
    long longest = first().map(place -> now - place.joined()).orElse(0L);
    return new QueueSnapshot.Waiting(
        model, label, places.size(), TimeUnit.NANOSECONDS.toMillis(longest));
  }
}
