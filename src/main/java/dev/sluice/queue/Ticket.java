package dev.sluice.queue;

import java.time.Duration;

/**
 * A request that wants a batch slot.
 *
 * @param id unique; the id of the request's hold
 * @param queueDepth how many may wait for this model with this label before the answer is busy
 * @param maxWait how long it may wait
 */
public record Ticket(String id, String model, String qos, int queueDepth, Duration maxWait) {}
