package dev.sluice.fuzz;

import java.util.Arrays;
import java.util.Random;

/** Changes bytes as a faulty peer, or a hostile one, would. */
final class Mutation {
  /** At which lengths and numbers programs break. */
  private static final byte[] EDGES = {0, 1, -1, 127, -128, 10, 13, '{', '"', ':', '%'};

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  byte[] random(int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** One to four changes. */
  byte[] of(byte[] bytes) {
    byte[] changed = bytes;
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      changed = change(changed);
    }
    return changed;
  }

  private byte[] change(byte[] bytes) {
    if (bytes.length == 0) {
      return random(20);
    }
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
    byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
    byte[] before = Arrays.copyOf(bytes, at);
    return switch (random.nextInt(6)) {
      case 0 -> with(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
      case 1 -> with(bytes, at, EDGES[random.nextInt(EDGES.length)]);
      case 2 -> Http2.join(before, Arrays.copyOfRange(rest, length, rest.length));
      case 3 -> Http2.join(before, repeated(Arrays.copyOf(rest, length)), rest);
      case 4 -> Http2.join(before, random(16), rest);
      default -> before;
    };
  }

  private static byte[] with(byte[] bytes, int at, byte changed) {
    byte[] all = bytes.clone();
    all[at] = changed;
    return all;
  }

  /** Twice, or very often. */
  private byte[] repeated(byte[] some) {
    byte[][] repeated = new byte[random.nextInt(20) == 0 ? 2_000 : 2][];
    Arrays.fill(repeated, some);
    return Http2.join(repeated);
  }
}
