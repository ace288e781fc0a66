package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The slots of one deployment. Guarded by the dispatcher's lock. */
final class Slots {
  private final String deployment;
  private final List<List<Line>> linesByRank = new ArrayList<>();
  private int total;
  private int busy;

  /** Without any yet. */
  Slots(String deployment) {
    this.deployment = deployment;
  }

  /** Adds lines with labels that it does not list, behind all others. */
  void serveLast(List<Line> lines) {
    lines.forEach(line -> line.servedBy(this, linesByRank.size()));
    linesByRank.add(List.copyOf(lines));
  }

  /** Takes no more requests, until it is told what it serves. */
  void serveNothing() {
    total = 0;
    linesByRank.clear();
  }

  /** Has so many slots from now on, however many are in use. */
  void resize(int slots) {
    total = slots;
  }

  /** Adds the lines of the next label, one for each model. */
  void serveNext(List<Line> lines) {
    lines.forEach(line -> line.listedBy(this, linesByRank.size()));
    linesByRank.add(List.copyOf(lines));
  }

  String deployment() {
    return deployment;
  }

  /** Less than zero when there were more before. */
  int free() {
    return total - busy;
  }

  boolean serves() {
    return total > 0;
  }

  boolean inUse() {
    return busy > 0;
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
