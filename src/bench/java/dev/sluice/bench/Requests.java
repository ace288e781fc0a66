package dev.sluice.bench;

import java.util.Optional;

/**
 * What was sent and answered.
 *
 * @param nanos from the first request to the last answer
 * @param failure the first one
 * @param latencies of the answered
 */
record Requests(long nanos, long failed, Optional<String> failure, Latencies latencies) {
  int answered() {
    return latencies.count();
  }

  double perSecond() {
    return answered() * 1e9 / nanos;
  }

  /**
   * @param what was asked of whom
   * @throws BenchFailed when a single one was not answered as it must be
   */
  void requireSuccess(String what) {
    if (failed > 0) {
      throw new BenchFailed(
          "%d of %d requests (%s) failed. The first: %s"
              .formatted(failed, failed + answered(), what, failure.orElse("")));
    }
  }
}
