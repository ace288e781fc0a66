package dev.sluice.redis;

/** A server that must not be used, for what it has may be out of date. */
final class NotMaster extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotMaster(String role) {
    super(
        "it says that it is a %s, not a master: wait for the failover, or correct the URL"
            .formatted(role),
        null,
        false,
        false);
  }
}
