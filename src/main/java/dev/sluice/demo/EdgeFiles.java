package dev.sluice.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration of an edge, as it is shipped, but for the ports.
 *
 * <p>The shipped files name the documented ports. To run beside others they need different ones,
 * and nothing else may differ from what users copy: so only ports are replaced, each of them, and
 * whatever does not fit is an error.
 *
 * @param main the name of the file to start with
 * @param texts of all files by name; they are to lie in one folder
 */
public record EdgeFiles(EdgeProgram program, String main, Map<String, String> texts) {
  /** Everything that is a port in a file; comments have none. */
  private static final Pattern NGINX_PORT =
      Pattern.compile("^( *(?:listen|server) +(?:[\\w.-]+:)?)(\\d+)(?=[ ;])", Pattern.MULTILINE);

  private static final Pattern ENVOY_PORT =
      Pattern.compile("^([^#\\n]*\\bport_value: *)(\\d+)\\b", Pattern.MULTILINE);

  /** Those of them that are listened on: an endpoint of Envoy stands behind a dash. */
  private static final Pattern NGINX_LISTENS =
      Pattern.compile("^( *listen +(?:[\\w.-]+:)?)(\\d+)(?=[ ;])", Pattern.MULTILINE);

  private static final Pattern ENVOY_LISTENS =
      Pattern.compile("^( *address: *[^#\\n]*\\bport_value: *)(\\d+)\\b", Pattern.MULTILINE);

  public EdgeFiles {
    texts = Map.copyOf(texts);
    if (!texts.containsKey(main)) {
      throw new IllegalArgumentException("no " + main + " among " + texts.keySet());
    }
  }

  /** NGINX in front of the gateway. */
  public static EdgeFiles nginx() {
    return nginx("nginx.conf");
  }

  /** NGINX that routes straight to the backends. */
  public static EdgeFiles nginxFull() {
    return nginx("nginx-full.conf");
  }

  private static EdgeFiles nginx(String main) {
    return shipped(
        EdgeProgram.NGINX,
        main,
        "sluice-http.conf",
        "sluice.conf",
        "sluice-location.conf",
        "sluice-refusal.conf");
  }

  /** Envoy in front of the gateway. */
  public static EdgeFiles envoy() {
    return shipped(EdgeProgram.ENVOY, "envoy.yaml");
  }

  /** Envoy that routes straight to the backends. */
  public static EdgeFiles envoyFull() {
    return shipped(EdgeProgram.ENVOY, "envoy-full.yaml");
  }

  private static EdgeFiles shipped(EdgeProgram program, String... names) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : names) {
      String resource = "/" + program + "/" + name;
      try (InputStream in = EdgeFiles.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("no " + resource + " on the class path");
        }
        texts.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + resource, e);
      }
    }
    return new EdgeFiles(program, names[0], texts);
  }

  /**
   * The same with other ports.
   *
   * @param ports the new one of each that occurs
   * @throws IllegalArgumentException when a port occurs that has no new one, or has one and does
   *     not occur
   */
  public EdgeFiles withPorts(Map<Integer, Integer> ports) {
    Set<Integer> occurring = ports();
    if (!occurring.equals(ports.keySet())) {
      throw new IllegalArgumentException(
          "%s has the ports %s, but there are new ones for %s"
              .formatted(main, occurring, new TreeSet<>(ports.keySet())));
    }
    Map<String, String> replaced = new LinkedHashMap<>();
    texts.forEach(
        (name, text) ->
            replaced.put(
                name,
                port()
                    .matcher(text)
                    .replaceAll(
                        match ->
                            Matcher.quoteReplacement(match.group(1) + ports.get(number(match))))));
    return new EdgeFiles(program, main, replaced);
  }

  /**
   * The same, listening on free ports.
   *
   * @param upstreams the new port of each that it connects to
   */
  public EdgeFiles onFreePorts(Map<Integer, Integer> upstreams) {
    Map<Integer, Integer> ports = new HashMap<>(upstreams);
    for (int port : listens()) {
      int free = FreePort.any();
      while (ports.containsValue(free)) {
        free = FreePort.any();
      }
      ports.put(port, free);
    }
    return withPorts(ports);
  }

  /** All ports that occur: those that it listens on, and those that it connects to. */
  public Set<Integer> ports() {
    Set<Integer> ports = new TreeSet<>();
    for (String text : texts.values()) {
      port().matcher(text).results().map(EdgeFiles::number).forEach(ports::add);
    }
    return ports;
  }

  /** The ports that it listens on, in the order of the main file. */
  public List<Integer> listens() {
    Pattern listens = program == EdgeProgram.NGINX ? NGINX_LISTENS : ENVOY_LISTENS;
    return listens.matcher(texts.getOrDefault(main, "")).results().map(EdgeFiles::number).toList();
  }

  private Pattern port() {
    return program == EdgeProgram.NGINX ? NGINX_PORT : ENVOY_PORT;
  }

  private static int number(MatchResult match) {
    return Integer.parseInt(match.group(2));
  }
}
