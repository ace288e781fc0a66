package dev.sluice.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** What is in a file, or in all files below a folder, cut down to a hash. */
record Fingerprint(String sha256) {
  /** More than any file of a configuration may have; what stands behind it does not count. */
  private static final int MOST_BYTES = 8 << 20;

  private static final int DEEPEST = 16;

  /** As it is now; what cannot be read counts as such. Blocks. */
  static Fingerprint of(Path file) {
    MessageDigest digest = sha256Digest();
    add(file, digest);
    return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
  }

  private static void add(Path file, MessageDigest digest) {
    try (Stream<Path> below = Files.walk(file, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
      below.filter(Files::isRegularFile).sorted().forEach(each -> addFile(each, digest));
    } catch (IOException | UncheckedIOException e) {
      addText(file + " cannot be read", digest);
    }
  }

  private static void addFile(Path file, MessageDigest digest) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES);
      addText(file + " " + bytes.length, digest);
      digest.update(bytes);
    } catch (IOException e) {
      addText(file + " cannot be read", digest);
    }
  }

  private static void addText(String text, MessageDigest digest) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
