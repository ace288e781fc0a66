package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.config.RateLimitServerConfig.Health;
import dev.sluice.config.RateLimitServerConfig.RuleSource;
import dev.sluice.config.RateLimitServerConfig.Statistics;
import dev.sluice.config.SluiceConfig.Grpc;
import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.ratelimit.RuleFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The environment of envoyproxy/ratelimit, read into the settings of a server in its place.
 *
 * <p>What that server calls otherwise than {@code sluice.yaml}, or has not, can be set by {@code
 * SLUICE_...} variables as ever: {@code SLUICE_RATE_LIMIT_OUTAGE=share}.
 */
public final class RateLimitEnvironment {
  /**
   * The variables that only that server has. Others, such as {@code PORT} or {@code LOG_LEVEL}, are
   * in many environments without anybody having thought of it.
   */
  private static final List<String> ITS_OWN =
      List.of(
          "RUNTIME_ROOT",
          "RUNTIME_SUBDIRECTORY",
          "RUNTIME_APPDIRECTORY",
          "RUNTIME_WATCH_ROOT",
          "RUNTIME_IGNOREDOTFILES",
          "CONFIG_TYPE",
          "CONFIG_GRPC_XDS_NODE_ID",
          "CONFIG_GRPC_XDS_SERVER_URL",
          "REDIS_SOCKET_TYPE",
          "REDIS_TYPE",
          "REDIS_URL",
          "BACKEND_TYPE",
          "USE_STATSD",
          "USE_PROMETHEUS");

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Path BESIDE_NOTHING = Path.of(Overrides.FILE);
  private static final String REDIS =
      "host:port, or, separated by commas, the nodes with REDIS_TYPE=CLUSTER, or the name of the"
          + " master and the sentinels with REDIS_TYPE=SENTINEL; or a URL";

  private final Map<String, String> environment = new HashMap<>();
  private final Problems problems = new Problems();

  /** An empty variable counts as not set. */
  public RateLimitEnvironment(Map<String, String> environment) {
    environment.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            this.environment.put(name, value);
          }
        });
  }

  /** The variable by which this is the environment of that server; empty when it is not. */
  public Optional<String> identifiedBy() {
    return ITS_OWN.stream().filter(environment::containsKey).findFirst();
  }

  /**
   * Reads it, and the files of TLS that it names; so it blocks.
   *
   * @throws InvalidConfiguration with every variable that is wrong, or not supported
   */
  public RateLimitServerConfig read() throws InvalidConfiguration {
    UnsupportedVariables.report(environment, problems);
    checkTogether();
    Overrides overrides = new Overrides(environment, RateLimitServerVariables.in(environment));
    Reading reading = new Reading(Source.environment(), problems, overrides, Severity.ERROR);
    RateLimitServerConfig settings = Field.root(reading, Optional.empty()).map(this::settings);
    overrides.reportUnknown(problems);
    problems.throwIfInvalid();
    return new RateLimitServerConfig(
        settings.rules(),
        settings.health(),
        settings.redis(),
        settings.redisTls(),
        settings.grpc(),
        settings.http(),
        settings.debug(),
        settings.statistics(),
        settings.rateLimit(),
        settings.log(),
        problems.all());
  }

  /** What no field can say of itself. */
  private void checkTogether() {
    if (!environment.containsKey("REDIS_URL") && !environment.containsKey("SLUICE_REDIS")) {
      error("REDIS_URL", "missing: expected " + REDIS);
    }
    type("REDIS_TYPE");
    boolean perSecond = isTrue("REDIS_PERSECOND");
    if (perSecond) {
      type("REDIS_PERSECOND_TYPE");
      if ("unix".equals(environment.get("REDIS_PERSECOND_SOCKET_TYPE"))) {
        error(
            "REDIS_PERSECOND_SOCKET_TYPE",
            "a unix socket is not supported: set this to tcp, and REDIS_PERSECOND_URL");
      }
    }
    if (isTrue("GRPC_SERVER_USE_TLS")) {
      for (String file : List.of("GRPC_SERVER_TLS_CERT", "GRPC_SERVER_TLS_KEY")) {
        if (!environment.containsKey(file)) {
          error(file, "missing: expected the path of a PEM file, because of GRPC_SERVER_USE_TLS");
        }
      }
    }
    if (isTrue("USE_PROMETHEUS") && environment.containsKey("EXTRA_TAGS")) {
      problems.add(
          Severity.WARNING,
          Overrides.FILE,
          OptionalInt.empty(),
          "EXTRA_TAGS",
          "without effect on Prometheus, whose names it would only change: give labels to what is"
              + " scraped");
    }
    if (isTrue("USE_STATSD") && isTrue("USE_PROMETHEUS") && !isTrue("DISABLE_STATS")) {
      error("USE_STATSD", "either this or USE_PROMETHEUS: set one of the two to false");
    }
  }

  private void type(String name) {
    String type = environment.getOrDefault(name, "SINGLE");
    if (!List.of("SINGLE", "SENTINEL", "CLUSTER").contains(type.toUpperCase(Locale.ROOT))) {
      error(name, "expected SINGLE, SENTINEL or CLUSTER, found \"" + type + "\"");
    }
  }

  private boolean isTrue(String name) {
    return RateLimitServerVariables.isTrue(environment, name);
  }

  private void error(String name, String message) {
    problems.add(Severity.ERROR, Overrides.FILE, OptionalInt.empty(), name, message);
  }

  private RateLimitServerConfig settings(Fields root) {
    for (String checked :
        List.of(
            "grpcTls",
            "redisTlsEnabled",
            "redisTlsAnyHost",
            "perSecondRedisEnabled",
            "perSecondRedisTlsEnabled")) {
      root.field(checked).trueOrFalse();
    }
    ListenersReader listeners = new ListenersReader(BESIDE_NOTHING);
    Grpc grpc = root.field("grpc").map(listeners::grpc);
    Http http = root.field("http").map(listeners::http);
    Listener debug = root.field("debug").map(fields -> listeners.listener(fields, "0.0.0.0", 6070));
    RateLimit rateLimit =
        root.field("rateLimit").map(fields -> RateLimitReader.read(fields, BESIDE_NOTHING));
    return new RateLimitServerConfig(
        source(root),
        root.field("health").map(RateLimitEnvironment::health),
        root.field("redis")
            .secret()
            .value(REDIS, text -> RedisAddress.parse(text).filter(address -> !address.embedded()))
            .or(() -> RedisAddress.parse("redis://127.0.0.1:6379"))
            .orElseThrow(),
        TlsReader.readClient(root.field("redisTls"), BESIDE_NOTHING),
        grpc,
        http,
        debug,
        statistics(root, listeners),
        rateLimit,
        root.field("log").map(SluiceReader::log),
        List.of());
  }

  private static RuleSource source(Fields root) {
    RuleSource files =
        root.field("rules")
            .map(fields -> new RuleSource.Directory(RateLimitEnvironment.files(fields)));
    // Read in any case: what is wrong there is probably meant for something.
    RuleSource discovery =
        root.field("discovery").map(fields -> DiscoveryReader.read(fields, BESIDE_NOTHING));
    return root.field("rules")
        .map(
            fields ->
                fields
                    .field("source")
                    .value(
                        "FILE or GRPC_XDS_SOTW",
                        text ->
                            Optional.of(text).filter(List.of("FILE", "GRPC_XDS_SOTW")::contains)))
        .filter("GRPC_XDS_SOTW"::equals)
        .map(said -> discovery)
        .orElse(files);
  }

  private static RuleFiles files(Fields fields) {
    String root = fields.field("root").text().orElse("/srv/runtime_data/current");
    String subdirectory = fields.field("subdirectory").text().orElse("");
    return new RuleFiles(
        Path.of(root, subdirectory, fields.field("appDirectory").text().orElse("config")),
        fields.field("ignoreDotFiles").trueOrFalse().orElse(false),
        fields.field("mergeDomains").trueOrFalse().orElse(false));
  }

  private static Health health(Fields fields) {
    return new Health(
        fields.field("rules").trueOrFalse().orElse(false),
        fields.field("redis").trueOrFalse().orElse(false));
  }

  /** StatsD, as that server does, unless something else is said. */
  private static Statistics statistics(Fields root, ListenersReader listeners) {
    boolean disabled =
        root.field("statistics")
            .map(fields -> fields.field("disabled").trueOrFalse().orElse(false));
    Optional<Statistics> prometheus =
        root.field("metrics").map(fields -> prometheus(fields, listeners));
    Optional<Statistics> statsd = root.field("statsd").map(RateLimitEnvironment::statsd);
    return prometheus
        .or(() -> statsd)
        .filter(exported -> !disabled)
        .orElseGet(Statistics.Unexported::new);
  }

  /** Read in any case: what is wrong there is probably meant for something. */
  private static Optional<Statistics> prometheus(Fields fields, ListenersReader listeners) {
    Statistics prometheus =
        new Statistics.Prometheus(
            listeners.listener(fields, "0.0.0.0", 9090),
            fields
                .field("path")
                .value("a path that begins with /", RateLimitEnvironment::path)
                .orElse("/metrics"),
            StatsdMappingReader.read(fields.field("mapping")));
    boolean enabled = fields.field("enabled").trueOrFalse().orElse(false);
    return enabled ? Optional.of(prometheus) : Optional.empty();
  }

  private static Optional<String> path(String text) {
    return Optional.of(text).filter(Pattern.compile("/[A-Za-z0-9._~/-]*").asMatchPredicate());
  }

  private static Optional<Statistics> statsd(Fields fields) {
    boolean enabled = fields.field("enabled").trueOrFalse().orElse(true);
    Statistics statsd =
        new Statistics.Statsd(
            fields.field("host").text().orElse("localhost"),
            fields.field("port").wholeNumber(1, 65_535).orElse(8125),
            fields
                .field("interval")
                .duration(Duration.ofMillis(100), Duration.ofHours(1))
                .orElse(Duration.ofSeconds(10)),
            NameValuePairs.read(fields.field("tags"), TAG));
    return enabled ? Optional.of(statsd) : Optional.empty();
  }
}
