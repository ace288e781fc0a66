package dev.sluice.bench;

/** A run that has no figures; the message says why. */
final class BenchFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchFailed(String message) {
    super(message);
  }
}
