package dev.sluice.redis;

import dev.sluice.account.StoreFailure;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * Redis did not answer a call in time, or not with what the call asks for.
 *
 * <p>Whether the call took effect is unknown. It comes without a stack trace: in an outage there is
 * one for each request.
 */
public final class RedisUnavailable extends RuntimeException implements StoreFailure {
  private static final long serialVersionUID = 1L;

  /** Errors of a call, or of the keys that it touches: they say nothing of Redis. */
  private static final Pattern OF_THE_CALL = Pattern.compile("\\b(ERR|WRONGTYPE|CROSSSLOT)\\b");

  /** What is shown of one. */
  private static final int LONGEST_KEY = 300;

  private final Outcome outcome;
  private final String reason;
  private final boolean sent;

  /** What went wrong, as it is written in metrics. */
  public enum Outcome {
    /** No answer before the deadline. */
    TIMEOUT,
    /** Not sent: earlier calls are not answered. */
    NOT_SENT,
    /** There is no connection, or it broke off. */
    DISCONNECTED,
    /** Redis is there and does not serve: it reads its data, is a replica, its memory is full. */
    REFUSED,
    /** Redis answered with another error, or as many calls as may be are in flight. */
    ERROR,
    /** Redis was not asked, because it had not answered before. */
    CIRCUIT_OPEN;

    String label() {
      return switch (this) {
        case TIMEOUT -> "timeout";
        case NOT_SENT -> "not_sent";
        case DISCONNECTED -> "disconnected";
        case REFUSED -> "refused";
        case ERROR -> "error";
        case CIRCUIT_OPEN -> "circuit_open";
      };
    }
  }

  RedisUnavailable(Outcome outcome, String script, String why) {
    this(outcome, script, why, true);
  }

  /**
   * @param sent whether Redis may have got the call
   */
  RedisUnavailable(Outcome outcome, String script, String why, boolean sent) {
    super("Redis, " + script + ": " + why, null, false, false);
    this.outcome = outcome;
    this.reason = why;
    this.sent = sent;
  }

  private RedisUnavailable(RedisUnavailable failure, String where) {
    super("Redis, " + where + ": " + failure.reason, null, false, false);
    this.outcome = failure.outcome;
    this.reason = failure.reason;
    this.sent = failure.sent;
  }

  /** The same; where it is due to the key and nothing else, its message names that. */
  RedisUnavailable at(String key) {
    return away() ? this : new RedisUnavailable(this, "count at " + shown(key));
  }

  /** Parts of keys come from requests. */
  private static String shown(String key) {
    String line = key.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST_KEY ? line : line.substring(0, LONGEST_KEY) + "...";
  }

  @Override
  public boolean away() {
    return outcome != Outcome.ERROR || !sent || !OF_THE_CALL.matcher(reason).find();
  }

  /** Whether a failure leaves open what Redis did; if not, it did nothing. */
  static boolean mayHaveArrived(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return !(cause instanceof RedisUnavailable unavailable)
        || (unavailable.sent && !unavailable.changedNothing());
  }

  /** Whether Redis said that it does not serve, before it did anything. */
  private boolean changedNothing() {
    return outcome == Outcome.REFUSED
        && Complaint.in(reason).filter(Complaint::changedNothing).isPresent();
  }

  /** Whether Redis may have got the call; if not, it had no effect. */
  boolean sent() {
    return sent;
  }

  public Outcome outcome() {
    return outcome;
  }
}
