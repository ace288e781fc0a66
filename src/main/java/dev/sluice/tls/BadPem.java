package dev.sluice.tls;

/** A text that is not what it should be; the message goes on after the file's name. */
final class BadPem extends Exception {
  private static final long serialVersionUID = 1L;

  BadPem(String message) {
    super(message);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
