package dev.sluice.demo;

/** A request that gets an error instead of a completion. */
final class Rejection extends Exception {
  private final transient ApiError error;

  Rejection(ApiError error) {
    // No stack: it is an answer, not a failure of this program.
    super(error.message(), null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
