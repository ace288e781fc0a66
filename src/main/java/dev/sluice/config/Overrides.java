package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The environment variables that replace scalars of {@code sluice.yaml}: {@code
 * gateway.maxBodyBytes} is {@code SLUICE_GATEWAY_MAX_BODY_BYTES}. An empty variable counts as not
 * set. Where envoyproxy/ratelimit has a variable for a setting, that one works too, unless ours is
 * set.
 */
final class Overrides {
  private static final String PREFIX = "SLUICE_";
  static final String FILE = "environment";

  /**
   * What Kubernetes puts into every pod beside a Service whose name begins with "sluice": {@code
   * SLUICE_GATEWAY_PORT=tcp://10.0.0.1:8000} must not be taken for {@code gateway.port}.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "SLUICE_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?)=.*"
              + "|SLUICE_(.+_)?PORT=(tcp|udp|sctp)://.*",
          Pattern.DOTALL);

  private final TreeMap<String, String> variables = new TreeMap<>();
  private final Set<String> known = new TreeSet<>();

  /** Of those that are set under another name: that name, by ours. */
  private final Map<String, String> otherNames = new HashMap<>();

  Overrides(Map<String, String> environment) {
    this(environment, ReferenceVariables.in(environment));
  }

  /**
   * @param settings that the environment has under other names
   */
  Overrides(Map<String, String> environment, List<ReferenceVariables.Setting> settings) {
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)
              && !value.isEmpty()
              && !SERVICE_LINK.matcher(name + "=" + value).matches()) {
            variables.put(name, value);
          }
        });
    for (ReferenceVariables.Setting setting : settings) {
      String ours = variable(setting.path());
      if (variables.putIfAbsent(ours, setting.value()) == null) {
        otherNames.put(ours, setting.name());
      }
    }
  }

  /** No variable at all. */
  static Overrides none() {
    return new Overrides(Map.of());
  }

  /** The name of a field's variable. */
  static String variable(String path) {
    return PREFIX
        + path.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
            .replaceAll("[^A-Za-z0-9]+", "_")
            .replaceAll("_$", "")
            .toUpperCase(Locale.ROOT);
  }

  /** What replaces a field; from now on its variable is a known one. */
  Optional<String> value(String path) {
    String name = variable(path);
    known.add(name);
    return Optional.ofNullable(variables.get(name));
  }

  /** Whether a field, or any field inside it, is set. */
  boolean sets(String path) {
    String name = variable(path);
    String inside = variables.ceilingKey(name + "_");
    return variables.containsKey(name) || (inside != null && inside.startsWith(name + "_"));
  }

  /** Whether a field itself is set. */
  boolean replaces(String path) {
    return variables.containsKey(variable(path));
  }

  void report(Severity severity, String path, String message, Problems problems) {
    String name = variable(path);
    problems.add(severity, FILE, OptionalInt.empty(), otherNames.getOrDefault(name, name), message);
  }

  /** To be called after everything was read: by then all names are known, if any could be read. */
  void reportUnknown(Problems problems) {
    if (known.isEmpty()) {
      return;
    }
    for (String name : variables.keySet()) {
      if (!known.contains(name)) {
        String message = "unknown variable, ignored" + Spelling.didYouMean(name, known);
        problems.add(Severity.WARNING, FILE, OptionalInt.empty(), name, message);
      }
    }
  }
}
