package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The slots of one deployment. Guarded by the dispatcher's lock. */
final class Slots {
  private final String deployment;
  private final int total;
  private final List<List<Line>> linesByRank = new ArrayList<>();
  private int busy;

  Slots(String deployment, int total) {
    this.deployment = deployment;
    this.total = total;
  }

  /** Adds the lines of the next label, one for each model. */
  void serveNext(List<Line> lines) {
    lines.forEach(line -> line.servedBy(this, linesByRank.size()));
    linesByRank.add(List.copyOf(lines));
  }

  String deployment() {
    return deployment;
  }

  int free() {
    return total - busy;
  }

  void take() {
    busy++;
  }

  void giveBack() {
    busy--;
  }

  /** Whose turn it is: of the first label for which anyone waits, the one who came first. */
  Optional<Place> next() {
    for (List<Line> lines : linesByRank) {
      Optional<Place> first =
          lines.stream()
              .flatMap(line -> line.first().stream())
              .min(Comparator.comparingLong(Place::sequence));
      if (first.isPresent()) {
        return first;
      }
    }
    return Optional.empty();
  }

  QueueSnapshot.Running snapshot() {
    return new QueueSnapshot.Running(deployment, busy, total);
  }
}
