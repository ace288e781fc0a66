package dev.sluice.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Lua script as Redis runs it. The shipped ones are read once, from {@code redis/} on the class
 * path.
 */
public final class Script {
  /** The first line of a script that needs the functions of other files in front of it. */
  private static final Pattern USES = Pattern.compile("\\A-- uses ([a-z. ]+)\n");

  private static final Map<String, Script> SHIPPED =
      Stream.of(
              "admit",
              "adopt",
              "rolling",
              "evaluate",
              "renew",
              "settle",
              "cancel",
              "lookup",
              "read",
              "list",
              "change",
              "organizations",
              "register",
              "reindex",
              "scan",
              "secret",
              "begin",
              "used",
              "uses",
              "audit",
              "keep",
              "kept",
              "permissions",
              "replicas")
          .collect(Collectors.toUnmodifiableMap(Function.identity(), Script::load));

  private final String name;
  private final String text;
  private final String sha1;

  public Script(String name, String text) {
    this.name = name;
    this.text = text;
    this.sha1 = digest(text);
  }

  /** The one with this name; with the functions that it uses in front. */
  static Script shipped(String name) {
    Script script = SHIPPED.get(name);
    if (script == null) {
      throw new IllegalArgumentException("no script has the name " + name);
    }
    return script;
  }

  static Collection<Script> allShipped() {
    return SHIPPED.values();
  }

  /** As in metrics and messages. */
  public String name() {
    return name;
  }

  public String text() {
    return text;
  }

  /** By which Redis remembers the text, in lower case hex. */
  public String sha1() {
    return sha1;
  }

  private static Script load(String name) {
    String text = read(name + ".lua");
    StringBuilder whole = new StringBuilder();
    Matcher uses = USES.matcher(text);
    if (uses.find()) {
      for (String file : uses.group(1).split(" ", -1)) {
        whole.append(read(file));
      }
    }
    return new Script(name, whole.append(text).toString());
  }

  private static String read(String file) {
    String path = "/redis/" + file;
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
