package dev.sluice.ratelimit;

/**
 * A query that cannot be judged; nothing was counted. The message is for the caller.
 *
 * <p>It comes without a stack trace: a misconfigured proxy sends one with each request.
 */
public final class InvalidQuery extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidQuery(String message) {
    super(message, null, false, false);
  }
}
