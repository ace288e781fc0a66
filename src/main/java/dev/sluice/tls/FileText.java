package dev.sluice.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file's text, or why there is none.
 *
 * @param readable whether {@code text} is that of the file; else it says why not
 */
record FileText(Path file, boolean readable, String text) {
  private static final int MOST_BYTES = 1 << 20;

  /** Blocks. */
  static FileText read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      return bytes.length > MOST_BYTES
          ? unreadable(file, "it is larger than " + MOST_BYTES + " bytes")
          : new FileText(file, true, new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return unreadable(file, "there is no such file");
    } catch (AccessDeniedException e) {
      return unreadable(file, "permission denied");
    } catch (IOException e) {
      return unreadable(
          file, Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage()));
    }
  }

  private static FileText unreadable(Path file, String why) {
    return new FileText(file, false, why);
  }

  /** The text may be a key. */
  @Override
  public String toString() {
    return "FileText[" + file + "]";
  }
}
