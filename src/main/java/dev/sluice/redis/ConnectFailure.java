package dev.sluice.redis;

import java.net.ConnectException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/**
 * Why a connection cannot be made, for who has to mend it.
 *
 * @param kind the same for the same cause
 * @param why what it is and what to do
 */
record ConnectFailure(Kind kind, String why) {
  enum Kind {
    AUTHORITY,
    EXPIRED,
    HOST_NAME,
    CLIENT_CERTIFICATE,
    NO_TLS_THERE,
    CLOSED,
    COMPLAINT,
    NOT_MASTER,
    NO_MASTER_KNOWN,
    /** Nobody listens, no route, no answer in time, and whatever else. */
    UNREACHABLE
  }

  /**
   * What is behind a failure of Lettuce's, which wraps it several times.
   *
   * @param tls whether TLS was spoken
   */
  static ConnectFailure of(Throwable failure, boolean tls) {
    Optional<ConnectFailure> known = Optional.empty();
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      root = cause;
      known = known.isPresent() ? known : known(cause, tls);
    }
    String reason = text(root);
    return known
        .or(() -> Complaint.in(reason).map(complaint -> complaint(complaint, reason)))
        .orElseGet(() -> new ConnectFailure(Kind.UNREACHABLE, reason));
  }

  /** What is at the root of a failure; what Lettuce wraps around it repeats the address. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private static ConnectFailure complaint(Complaint complaint, String reason) {
    return new ConnectFailure(Kind.COMPLAINT, reason + ": " + complaint.advice());
  }

  private static Optional<ConnectFailure> known(Throwable cause, boolean tls) {
    String text = text(cause);
    if (cause instanceof NotMaster) {
      return found(Kind.NOT_MASTER, text);
    }
    if (cause instanceof CertificateExpiredException
        || cause instanceof CertificateNotYetValidException) {
      return found(Kind.EXPIRED, "its certificate, or one above it, is out of date: " + text);
    }
    if (cause instanceof CertPathBuilderException
        || text.contains("signature check failed")
        || text.contains("Path does not chain")) {
      return found(
          Kind.AUTHORITY,
          "its certificate is signed by none of the authorities of redisTls.ca, or of the JVM where"
              + " that is not set");
    }
    if (text.contains("No subject alternative") || text.contains("No name matching")) {
      return found(
          Kind.HOST_NAME,
          "its certificate is of another host: %s. Use a name that it has, or ?verifyPeer=ca"
              .formatted(text));
    }
    if (text.contains("certificate_required")
        || (text.contains("fatal alert") && text.contains("certificate"))) {
      return found(
          Kind.CLIENT_CERTIFICATE,
          "it does not accept our certificate, or the lack of one: %s. See redisTls.certificate"
              .formatted(text));
    }
    if (text.contains("not an SSL/TLS record") || text.contains("Unrecognized SSL message")) {
      return found(
          Kind.NO_TLS_THERE, "it does not speak TLS on this port: redis:// instead of rediss://");
    }
    if (tls && text.contains("initialization timed out")) {
      // A Redis without TLS takes the beginning of a handshake for a command, and waits for its
      // end.
      return found(
          Kind.NO_TLS_THERE,
          "it does not answer TLS's handshake: if it does not speak TLS on this port, redis://"
              + " instead of rediss://");
    }
    if (text.contains("closed prematurely") || text.contains("Connection reset")) {
      return found(
          Kind.CLOSED,
          tls
              ? "it closed the connection in the handshake: does it speak TLS on this port, and"
                  + " does it want a client's certificate (redisTls.certificate)?"
              : "it closed the connection at once: if it speaks TLS on this port, the URL begins"
                  + " with rediss://");
    }
    if (text.contains("redisAddress using sentinel") || text.contains("SENTINEL MASTER")) {
      return found(
          Kind.NO_MASTER_KNOWN,
          "no sentinel answers with a master: %s. Is the name behind # the one that they monitor?"
              .formatted(text));
    }
    return Optional.empty();
  }

  private static Optional<ConnectFailure> found(Kind kind, String why) {
    return Optional.of(new ConnectFailure(kind, why));
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    if (message == null) {
      return cause instanceof ConnectException ? "no connection" : cause.getClass().getSimpleName();
    }
    return message;
  }
}
