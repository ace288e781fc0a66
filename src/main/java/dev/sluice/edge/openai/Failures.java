package dev.sluice.edge.openai;

import dev.sluice.edge.ErrorBody;

/** What a client is told when its request was admitted and did not end well; docs/errors.md. */
final class Failures {
  static final ErrorBody INTERNAL =
      ErrorBody.of("The request failed inside the gateway.", "server_error", "internal_error");
  static final ErrorBody UNREACHABLE =
      ErrorBody.of(
          "The model's backend cannot be reached. The request was not run or charged.",
          "server_error",
          "backend_unavailable");
  static final ErrorBody BROKEN =
      ErrorBody.of(
          "The model's backend closed the connection without an answer.",
          "server_error",
          "backend_unavailable");
  static final ErrorBody LATE =
      ErrorBody.of(
          "The model's backend did not answer in time.", "server_error", "backend_timeout");

  static final ErrorBody STOPPING =
      ErrorBody.of(
          "The server stops. Try again.", "service_unavailable_error", "server_is_stopping");
  static final ErrorBody STALLED =
      ErrorBody.of(
          "The backend stopped sending in the middle of its answer.",
          "server_error",
          "backend_timeout");
  static final ErrorBody BROKEN_OFF =
      ErrorBody.of(
          "The backend broke off in the middle of its answer.",
          "server_error",
          "backend_unavailable");

  private Failures() {}
}
