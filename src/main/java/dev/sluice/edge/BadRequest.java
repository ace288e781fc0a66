package dev.sluice.edge;

/** A request that never comes to a decision, and what its client is told. */
public final class BadRequest extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  @SuppressWarnings("serial") // an exception is not sent anywhere
  private final ErrorBody error;

  public BadRequest(int status, ErrorBody error) {
    super(error.message(), null, false, false);
    this.status = status;
    this.error = error;
  }

  public int status() {
    return status;
  }

  public ErrorBody error() {
    return error;
  }
}
