package dev.sluice.edge.openai;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.edge.DecisionLog;
import dev.sluice.edge.Notices;
import dev.sluice.edge.Proofs;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.TroubleLog;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.http.Connections;
import dev.sluice.edge.http.Replies;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.Dispatcher;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the requests of a gateway share.
 *
 * @param maxWait in the queue
 * @param running the requests whose holds and grants are to be renewed
 */
record GatewayParts(
    Admission admission,
    Counters counters,
    Supplier<Catalog> catalog,
    Dispatcher dispatcher,
    Refusals refusals,
    Notices notices,
    Proofs proofs,
    RequestId requestIds,
    Metrics metrics,
    Bodies bodies,
    Replies replies,
    Connections connections,
    DecisionLog decisions,
    TroubleLog troubles,
    Duration maxWait,
    Set<Exchange> running) {}
