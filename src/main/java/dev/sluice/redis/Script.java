package dev.sluice.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A Lua script as Redis runs it.
 *
 * @param name as in metrics and messages
 * @param sha1 by which Redis remembers the text, in lower case hex
 */
public record Script(String name, String text, String sha1) {
  private static final List<String> NAMES =
      List.of("admit", "renew", "settle", "cancel", "lookup", "read", "change");
  private static final String USES_WINDOWS = "-- uses windows.lua\n";

  public Script(String name, String text) {
    this(name, text, digest(text));
  }

  /** Reads {@code redis/<name>.lua} from the class path, behind the functions that it uses. */
  static Script load(String name) {
    String text = read(name);
    return new Script(name, text.startsWith(USES_WINDOWS) ? read("windows") + text : text);
  }

  /** All of them. */
  static List<Script> all() {
    return NAMES.stream().map(Script::load).toList();
  }

  private static String read(String name) {
    String path = "/redis/" + name + ".lua";
    try (InputStream in = Script.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  private static String digest(String text) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
