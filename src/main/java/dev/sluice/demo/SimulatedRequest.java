package dev.sluice.demo;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a simulated backend really did for one request.
 *
 * @param requestId the request's {@code x-request-id}
 * @param traceparent the request's {@code traceparent}
 * @param completionTokens really generated: those written to the stream; of an answer in one piece,
 *     those generated until its end
 * @param order rises with each request that began to be served; empty when it left before
 * @param startedAt when it took its slot, or when its fault was answered; empty as {@code order}
 * @param headerNames the names of all request headers, in lower case, sorted
 */
public record SimulatedRequest(
    Optional<String> requestId,
    Optional<String> traceparent,
    String model,
    boolean stream,
    int promptTokens,
    int completionTokens,
    Outcome outcome,
    OptionalLong order,
    Instant receivedAt,
    Optional<Instant> startedAt,
    Instant endedAt,
    List<String> headerNames) {

  public SimulatedRequest {
    headerNames = List.copyOf(headerNames);
  }

  /** How a request ended. */
  public enum Outcome {
    /** All of the answer was written to the socket. */
    COMPLETED,
    /** The client left first. */
    DISCONNECTED,
    /** It ended as its {@code x-simulate} header asked, or was refused because too many waited. */
    FAULT
  }
}
