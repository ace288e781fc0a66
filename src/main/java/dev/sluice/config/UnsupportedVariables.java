package dev.sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The environment variables of envoyproxy/ratelimit that ask for what Sluice has not: those without
 * which a server would do something else are refused by name, those that only tune what Sluice does
 * in another way have no effect.
 */
final class UnsupportedVariables {
  private static final String TCP = "a unix socket is not supported: let it listen on TCP";

  /**
   * @param harmless values that ask for nothing, in lower case
   */
  private record Refused(String name, Set<String> harmless, String todo) {}

  private static final List<Refused> REFUSED =
      List.of(
          new Refused(
              "BACKEND_TYPE",
              Set.of("redis"),
              "counters are in Redis and nowhere else: set it to redis, and REDIS_URL"),
          new Refused(
              "REDIS_SOCKET_TYPE", Set.of("tcp"), TCP + ", and set this to tcp, and REDIS_URL"),
          new Refused("GRPC_UDS", Set.of(), TCP + ": remove this, and set GRPC_HOST and GRPC_PORT"),
          new Refused("PROTO", Set.of("tcp"), "only tcp is supported: remove it"),
          new Refused(
              "USE_DOG_STATSD",
              Set.of("false", "f", "0"),
              "DogStatsD is not supported: remove it, and set USE_STATSD or USE_PROMETHEUS"),
          new Refused(
              "TRACING_ENABLED",
              Set.of("false", "f", "0"),
              "traces are not supported: remove it, or set it to false"));

  private static final String MEMCACHE = "MEMCACHE_";
  private static final String NO_MEMCACHE =
      "counters are in Redis, not in memcached: remove it, and set REDIS_URL";

  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "CONFIG_GRPC_XDS_SERVER_CONNECT_RETRY_INTERVAL",
          "FORCE_START_WITHOUT_INITIAL_CONFIG",
          "REDIS_PERSECOND_PIPELINE_LIMIT",
          "REDIS_PERSECOND_PIPELINE_WINDOW",
          "REDIS_PERSECOND_POOL_ON_EMPTY_BEHAVIOR",
          "REDIS_PERSECOND_POOL_ON_EMPTY_WAIT_DURATION",
          "REDIS_PERSECOND_POOL_SIZE",
          "REDIS_PERSECOND_TIMEOUT",
          "REDIS_PIPELINE_LIMIT",
          "REDIS_PIPELINE_WINDOW",
          "REDIS_POOL_ON_EMPTY_BEHAVIOR",
          "REDIS_POOL_ON_EMPTY_WAIT_DURATION",
          "REDIS_POOL_SIZE",
          "REDIS_TIMEOUT",
          "RUNTIME_WATCH_ROOT",
          "TRACING_EXPORTER_PROTOCOL",
          "TRACING_SAMPLING_RATE",
          "TRACING_SERVICE_INSTANCE_ID",
          "TRACING_SERVICE_NAME",
          "TRACING_SERVICE_NAMESPACE",
          "USE_DOG_STATSD_MOGRIFIERS");

  private UnsupportedVariables() {}

  /**
   * Reports those that are set.
   *
   * @param environment without what is empty
   */
  static void report(Map<String, String> environment, Problems problems) {
    for (Refused refused : REFUSED) {
      String value = environment.get(refused.name);
      if (value != null && !refused.harmless.contains(value.toLowerCase(Locale.ROOT))) {
        error(refused.name, refused.todo, problems);
      }
    }
    List<String> ignored = new ArrayList<>();
    // Without it they mean nothing there either, and some set every default.
    boolean memcache = "memcache".equals(environment.get("BACKEND_TYPE"));
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(MEMCACHE) && memcache) {
        error(name, NO_MEMCACHE, problems);
      } else if (name.startsWith(MEMCACHE) || WITHOUT_EFFECT.contains(name)) {
        ignored.add(name);
      }
    }
    if (!ignored.isEmpty()) {
      problems.add(
          Problem.Severity.WARNING,
          Overrides.FILE,
          OptionalInt.empty(),
          String.join(", ", ignored),
          "without effect here, and not needed");
    }
  }

  private static void error(String name, String message, Problems problems) {
    problems.add(Problem.Severity.ERROR, Overrides.FILE, OptionalInt.empty(), name, message);
  }
}
