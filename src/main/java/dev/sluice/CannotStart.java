package dev.sluice;

/** Why a server cannot start, in one line. */
public final class CannotStart extends Exception {
  private static final long serialVersionUID = 1L;

  public CannotStart(String message, Throwable cause) {
    super(message, cause);
  }
}
