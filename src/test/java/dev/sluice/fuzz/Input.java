package dev.sluice.fuzz;

import com.google.protobuf.ByteString;
import java.util.HexFormat;

/**
 * What is sent on one connection.
 *
 * @param kind what it is meant to try
 * @param end what comes after the bytes
 */
record Input(String kind, Door door, ByteString bytes, End end) {
  /** To which port. */
  enum Door {
    GRPC,
    HTTP,
    DEBUG
  }

  enum End {
    /** The client waits: as a whole request it must be answered, or its connection closed. */
    WAIT,

    /** The client has no more to say, and reads to the end. */
    HALF_CLOSE,

    /** The client is gone at once. */
    LEAVE
  }

  /** Short enough for a line, whole where it is short. */
  String describe() {
    String hex =
        HexFormat.of().formatHex(bytes.substring(0, Math.min(bytes.size(), 2_000)).toByteArray());
    return "%s to %s, then %s: %d bytes: %s".formatted(kind, door, end, bytes.size(), hex);
  }
}
