package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of dispatching, written down as plainly as possible: one list of requests that is
 * searched from the start for everything.
 */
final class SlowDispatcher {
  static final String WAITING = "waiting";

  private List<BatchSlots> deployments;
  private final long lease;
  private final long grace;
  private final Map<List<String>, Long> lastListed = new HashMap<>();
  private final List<Request> requests = new ArrayList<>();
  private long leases;

  /** Where a request is in its life. */
  static final class Request {
    private final Ticket ticket;
    private final long deadline;
    private String state = WAITING;
    private Optional<String> holds = Optional.empty();
    private long leaseEnd;
    private long leaseOrder;

    private Request(Ticket ticket, long deadline) {
      this.ticket = ticket;
      this.deadline = deadline;
    }

    /** "waiting", "full", ..., or "granted by" the deployment. */
    String state() {
      return state;
    }

    private boolean waits() {
      return state.equals(WAITING);
    }
  }

  SlowDispatcher(List<BatchSlots> deployments, long lease, long grace) {
    this.deployments = deployments;
    this.grace = grace;
    this.lease = lease;
  }

  void enqueue(Ticket ticket, long now) {
    pass(now);
    Request request = new Request(ticket, now + ticket.maxWait().toNanos());
    boolean late =
        now < lastListed.getOrDefault(List.of(ticket.model(), ticket.qos()), Long.MIN_VALUE);
    if (deployments.stream()
        .noneMatch(d -> serves(d, ticket) || (late && d.models().contains(ticket.model())))) {
      request.state = "unserved";
      requests.add(request);
      return;
    }
    long waiting =
        requests.stream()
            .filter(r -> r.waits() && r.ticket.model().equals(ticket.model()))
            .filter(r -> r.ticket.qos().equals(ticket.qos()))
            .count();
    requests.add(request);
    Optional<BatchSlots> free =
        deployments.stream()
            .filter(d -> serves(d, ticket) || (leftOver(request) && late(d, ticket)))
            .filter(d -> busy(d) < d.slots())
            .min(
                Comparator.comparingInt((BatchSlots d) -> lastRank(d, ticket))
                    .thenComparing(d -> busy(d) - d.slots()));
    if (free.isPresent()) {
      grant(request, free.get(), now);
    } else if (waiting >= ticket.queueDepth()) {
      request.state = "full";
    } else if (ticket.maxWait().isZero()) {
      request.state = "timed out";
    }
  }

  void cancel(int index, long now) {
    pass(now);
    Request request = requests.get(index);
    if (request.waits()) {
      request.state = "cancelled";
    }
    free(request, now);
  }

  void release(int index, long now) {
    pass(now);
    free(requests.get(index), now);
  }

  boolean renew(int index, long now) {
    pass(now);
    Request request = requests.get(index);
    request.leaseEnd = now + lease;
    return request.holds.isPresent();
  }

  void pass(long now) {
    while (true) {
      Optional<Request> lease =
          requests.stream()
              .filter(r -> r.holds.isPresent() && r.leaseEnd <= now)
              .min(
                  Comparator.comparingLong((Request r) -> r.leaseEnd)
                      .thenComparingLong(r -> r.leaseOrder));
      Optional<Request> wait =
          requests.stream()
              .filter(r -> r.waits() && r.deadline <= now)
              .min(Comparator.comparingLong(r -> r.deadline));
      if (lease.isPresent() && (wait.isEmpty() || lease.get().leaseEnd <= wait.get().deadline)) {
        free(lease.get(), now);
      } else if (wait.isPresent()) {
        wait.get().state = "timed out";
      } else {
        return;
      }
    }
  }

  List<String> states() {
    return requests.stream().map(Request::state).toList();
  }

  int busy(BatchSlots deployment) {
    return (int)
        requests.stream().filter(r -> r.holds.equals(Optional.of(deployment.deployment()))).count();
  }

  private void grant(Request request, BatchSlots deployment, long now) {
    request.state = "granted by " + deployment.deployment();
    request.holds = Optional.of(deployment.deployment());
    request.leaseEnd = now + lease;
    request.leaseOrder = leases++;
  }

  private void free(Request request, long now) {
    Optional<String> freed = request.holds;
    request.holds = Optional.empty();
    deployments.stream()
        .filter(d -> freed.equals(Optional.of(d.deployment())))
        .forEach(d -> serve(d, now));
  }

  void configure(List<BatchSlots> wanted, long now) {
    pass(now);
    for (BatchSlots d : deployments) {
      for (String model : d.models()) {
        d.qosList().labels().forEach(l -> lastListed.put(List.of(model, l), now + grace));
      }
    }
    lastListed
        .keySet()
        .removeIf(l -> wanted.stream().noneMatch(d -> d.models().contains(l.get(0))));
    deployments = wanted;
    requests.stream()
        .filter(
            r -> r.waits() && wanted.stream().noneMatch(d -> d.models().contains(r.ticket.model())))
        .forEach(r -> r.state = "unserved");
    wanted.forEach(d -> serve(d, now));
  }

  private void serve(BatchSlots deployment, long now) {
    while (busy(deployment) < deployment.slots()) {
      Optional<Request> next =
          requests.stream()
              .filter(r -> r.waits() && deployment.models().contains(r.ticket.model()))
              .filter(r -> rank(deployment, r.ticket) >= 0 || leftOver(r))
              .min(Comparator.comparingInt(r -> turn(deployment, r.ticket)));
      if (next.isEmpty()) {
        return;
      }
      grant(next.get(), deployment, now);
    }
  }

  /** Whether it waits with a label that no deployment lists for its model any more. */
  private boolean leftOver(Request request) {
    return deployments.stream().noneMatch(d -> serves(d, request.ticket));
  }

  private static boolean late(BatchSlots deployment, Ticket ticket) {
    return deployment.models().contains(ticket.model());
  }

  /** Labels that a deployment does not list come after those it lists. */
  private static int lastRank(BatchSlots deployment, Ticket ticket) {
    int rank = rank(deployment, ticket);
    return rank < 0 ? deployment.qosList().labels().size() : rank;
  }

  private static int turn(BatchSlots deployment, Ticket ticket) {
    int rank = rank(deployment, ticket);
    return rank < 0 ? Integer.MAX_VALUE : rank;
  }

  private static boolean serves(BatchSlots deployment, Ticket ticket) {
    return deployment.models().contains(ticket.model()) && rank(deployment, ticket) >= 0;
  }

  private static int rank(BatchSlots deployment, Ticket ticket) {
    return deployment.qosList().labels().indexOf(ticket.qos());
  }
}
