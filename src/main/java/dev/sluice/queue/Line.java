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
  private boolean listed;
  private long joinableUntil = Long.MIN_VALUE;

  /** Slots that serve this line, and after how many other labels. */
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
  void listedBy(Slots slots, int rank) {
    servedBy(slots, rank);
    listed = true;
  }

  /** Adds a deployment that does not list the label, but serves those who wait with it. */
  void servedBy(Slots slots, int rank) {
    servers.add(new Server(slots, rank));
  }

  /**
   * Forgets the deployments.
   *
   * @param until when the line may still be joined if no deployment lists its label any more
   */
  void servedByNobody(long until) {
    if (listed) {
      joinableUntil = until;
    }
    listed = false;
    servers.clear();
  }

  /** Whether a deployment lists the label. */
  boolean listed() {
    return listed;
  }

  /** Whether one may join: for a while also after the last deployment ceased to list the label. */
  boolean joinable(long now) {
    return listed || now < joinableUntil;
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
