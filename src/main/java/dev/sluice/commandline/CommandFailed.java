package dev.sluice.commandline;

/** A command that cannot be carried out; the message says why, on one line. */
final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailed(String message) {
    super(message);
  }
}
