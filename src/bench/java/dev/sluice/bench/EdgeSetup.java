package dev.sluice.bench;

import dev.sluice.policy.DoorMode;
import dev.sluice.ratelimit.OutageAnswer;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a Sluice is set up that is measured.
 *
 * @param name of its folder and of its log
 * @param rateLimit settings beside the directory of the rules
 */
record EdgeSetup(String name, DoorMode extAuthz, DoorMode auth, Map<String, String> rateLimit) {
  /** A time-out that a busy machine does not reach, as it would fail the run. */
  private static final Map<String, String> PATIENT = Map.of("timeout", "5s");

  static final EdgeSetup FRONT = new EdgeSetup("front", DoorMode.FRONT, DoorMode.FRONT, PATIENT);
  static final EdgeSetup FULL = new EdgeSetup("full", DoorMode.FULL, DoorMode.FULL, PATIENT);

  /** The two ways in that ask most and least of Redis. */
  static final EdgeSetup ACCOUNTS = new EdgeSetup("serve", DoorMode.FULL, DoorMode.FRONT, PATIENT);

  /** Remembers what is over its limit. */
  static final EdgeSetup CACHED =
      new EdgeSetup(
          "cached",
          DoorMode.FRONT,
          DoorMode.FRONT,
          Map.of("timeout", "5s", "localCacheBytes", "1048576"));

  EdgeSetup {
    rateLimit = Map.copyOf(rateLimit);
  }

  /** As it is shipped, but for what a request gets that cannot be counted. */
  static EdgeSetup outage(OutageAnswer answer) {
    String text = answer.name().toLowerCase(Locale.ROOT);
    return new EdgeSetup("outage-" + text, DoorMode.FRONT, DoorMode.FRONT, Map.of("outage", text));
  }

  /** 0 remembers nothing. */
  String localCacheBytes() {
    return rateLimit.getOrDefault("localCacheBytes", "0");
  }

  /** The settings as YAML. */
  String rateLimitYaml() {
    return rateLimit.entrySet().stream()
        .map(entry -> ", " + entry.getKey() + ": " + entry.getValue())
        .sorted()
        .collect(Collectors.joining("", "{directory: ratelimit", "}"));
  }
}
