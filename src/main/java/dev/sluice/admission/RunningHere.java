package dev.sluice.admission;

import dev.sluice.policy.Concurrency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this replica has admitted and not ended, in the scopes that limit how many run, by limits
 * that are enforced; by whomever it was admitted. Safe for use by many threads.
 */
final class RunningHere {
  /** By hold: only those with such a limit. */
  private final Map<String, List<Place>> places = new ConcurrentHashMap<>();

  private final Tally<Place> counts = new Tally<>();

  private record Place(String organization, Scope scope) {}

  /** A hold runs from now on, if it did not already. */
  void started(Hold hold) {
    List<Place> its = places(hold);
    if (!its.isEmpty() && places.putIfAbsent(hold.id(), its) == null) {
      its.forEach(counts::add);
    }
  }

  /** A hold runs no longer. */
  void ended(Hold hold) {
    List<Place> its = places.remove(hold.id());
    if (its != null) {
      its.forEach(counts::remove);
    }
  }

  /** Whether a hold has such a limit, and runs. */
  boolean has(Hold hold) {
    return places.containsKey(hold.id());
  }

  /** How many run. */
  int count(String organization, Scope scope) {
    return counts.of(new Place(organization, scope));
  }

  private static List<Place> places(Hold hold) {
    // Every request comes here, and most have no such limit: so no stream.
    List<Place> places = List.of();
    for (ScopedLimit limit : hold.limits()) {
      if (limit.limit() instanceof Concurrency && !limit.shadow()) {
        Place place = new Place(hold.organization(), limit.scope());
        if (places.isEmpty()) {
          places = new ArrayList<>(2);
        }
        if (!places.contains(place)) {
          places.add(place);
        }
      }
    }
    return places;
  }
}
