package dev.sluice.demo;

import java.util.ArrayDeque;
import java.util.List;

/** The last requests, newest last. Thread-safe. */
final class RequestLog {
  private final int capacity;
  private final ArrayDeque<SimulatedRequest> requests = new ArrayDeque<>();
  private long started;

  RequestLog(int capacity) {
    this.capacity = capacity;
  }

  /** The order number of a request that begins now: 1, 2, and so on, whatever was cleared. */
  synchronized long begin() {
    return ++started;
  }

  /** Adds a request that has ended; the oldest makes room for it. */
  synchronized void add(SimulatedRequest request) {
    if (requests.size() == capacity) {
      requests.removeFirst();
    }
    requests.addLast(request);
  }

  synchronized List<SimulatedRequest> requests() {
    return List.copyOf(requests);
  }

  synchronized void clear() {
    requests.clear();
  }
}
