package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.config.SluiceConfig.DecisionLog.Destination;
import dev.sluice.config.SluiceConfig.EdgeDoor;
import dev.sluice.config.SluiceConfig.Gateway;
import dev.sluice.config.SluiceConfig.Grpc;
import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.config.SluiceConfig.Log;
import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.policy.DoorMode;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.policy.PathPattern;
import dev.sluice.policy.PublicPaths;
import dev.sluice.tls.ClientTlsMaterial;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code sluice.yaml}. */
final class SluiceReader {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofHours(24);

  /** RFC 9110, 5.6.2, as Envoy and NGINX pass it on. */
  private static final Pattern HEADER = Pattern.compile("[a-z0-9!#$%&'*+.^_`|~-]+");

  /** What says who calls cannot say for which model; and a model's name is shown and logged. */
  private static final Set<String> CREDENTIALS =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "x-api-key",
          "api-key",
          "x-sluice-proof");

  private final Path file;
  private final DeploymentsReader deployments = new DeploymentsReader();
  private final ModelsReader models = new ModelsReader();
  private final Map<String, Field> maintenanceFields = new LinkedHashMap<>();
  private final ListenersReader listeners;
  private List<Path> sambastack = List.of();
  private List<Field> shadowTiers = List.of();

  SluiceReader(Path file) {
    this.file = file;
    this.listeners = new ListenersReader(file);
  }

  /** The vendor's files and directories, as soon as they are known. */
  List<Path> sambastack() {
    return sambastack;
  }

  DeploymentsReader deployments() {
    return deployments;
  }

  ModelsReader models() {
    return models;
  }

  /** The names of tiers that are not enforced. */
  List<Field> shadowTiers() {
    return shadowTiers;
  }

  Map<String, Field> maintenanceFields() {
    return maintenanceFields;
  }

  /** Empty, with problems, when the file cannot be used. */
  Optional<SluiceConfig> read(Overrides overrides, Problems problems) {
    Optional<String> text = YamlText.read(file, problems);
    Source source = Source.file(file.toString());
    Optional<List<Node>> documents = text.flatMap(t -> YamlText.documents(t, source, problems));
    if (documents.isEmpty()) {
      return Optional.empty();
    }
    Reading reading = new Reading(source, problems, overrides, Severity.ERROR);
    Field root = Field.root(reading, documents.get().stream().findFirst());
    if (documents.get().size() > 1) {
      Field second = Field.root(reading, Optional.of(documents.get().get(1)));
      second.error("a second document begins here; put all into one");
    }
    return root.map(this::settings);
  }

  private Optional<SluiceConfig> settings(Fields root) {
    sambastack = paths(root.field("sambastack").required());
    RedisAddress redis = redis(root.field("redis").secret());
    // Beside the file, so that every command finds the same data, wherever it is called from.
    Path data = file.resolveSibling(path(root.field("dataDirectory")).orElse(Path.of("data")));
    Gateway gateway = root.field("gateway").map(this::gateway);
    Grpc grpc = root.field("grpc").map(listeners::grpc);
    Http http = root.field("http").map(listeners::http);
    EdgeDoor extAuthz = root.field("extAuthz").map(fields -> edgeDoor(fields, Optional.empty()));
    EdgeDoor auth =
        root.field("auth").map(fields -> edgeDoor(fields, Optional.of("x-sluice-model")));
    PublicPaths publicPaths = publicPaths(root.field("publicPaths"));
    OutagePolicy outage = root.field("outage").map(SluiceReader::outage);
    RateLimit rateLimit = root.field("rateLimit").map(fields -> RateLimitReader.read(fields, file));
    Optional<ClientTlsMaterial> redisTls =
        redisTls(root.field("redisTls"), redis, rateLimit.perSecondRedis());
    Listener metrics = root.field("metrics").map(f -> listeners.listener(f, "0.0.0.0", 9090));
    Listener debug = root.field("debug").map(f -> listeners.listener(f, "127.0.0.1", 6070));
    Log log = root.field("log").map(SluiceReader::log);
    SluiceConfig.DecisionLog decisionLog = root.field("decisionLog").map(this::decisionLog);
    SluiceConfig.Refusals refusals = root.field("refusals").map(SluiceReader::refusals);
    Duration drain = duration(root, "drainTimeout", 30, Duration.ZERO);
    Duration lease = duration(root, "lease", 60, Duration.ofSeconds(1));
    Duration lastUse = duration(root, "lastUseInterval", 60, Duration.ofSeconds(1));
    Map<String, Instant> ends = root.field("maintenanceEnds").map(this::maintenanceEnds);
    shadowTiers = root.field("shadowTiers").items();
    models.read(root.field("models"));
    deployments.read(root.field("deployments"));
    return sambastack.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SluiceConfig(
                sambastack,
                redis,
                redisTls,
                data,
                gateway,
                grpc,
                http,
                extAuthz,
                auth,
                publicPaths,
                outage,
                rateLimit,
                metrics,
                debug,
                log,
                decisionLog,
                refusals,
                drain,
                lease,
                lastUse,
                ends,
                models.models(),
                deployments.settings()));
  }

  private static RedisAddress redis(Field field) {
    return field
        .value(RedisAddress.EXPECTED, RedisAddress::parse)
        .or(() -> RedisAddress.parse("redis://127.0.0.1:6379"))
        .orElseThrow();
  }

  /** One path, or a list of them; beside the file. */
  private List<Path> paths(Field field) {
    List<Field> each = field.isList() ? field.items() : List.of(field);
    return each.stream()
        .flatMap(one -> path(one.required()).stream())
        .map(file::resolveSibling)
        .toList();
  }

  private Optional<ClientTlsMaterial> redisTls(
      Field field, RedisAddress redis, Optional<RedisAddress> perSecond) {
    if (!field.absent() && !redis.tls() && perSecond.filter(RedisAddress::tls).isEmpty()) {
      field.error("redis is %s, without TLS: a URL with TLS begins with rediss".formatted(redis));
    }
    return TlsReader.readClient(field, file);
  }

  static Optional<Path> path(Field field) {
    return field.value(
        "a path",
        text -> {
          try {
            return Optional.of(text).filter(t -> !t.isBlank()).map(Path::of);
          } catch (InvalidPathException e) {
            return Optional.empty();
          }
        });
  }

  private Gateway gateway(Fields fields) {
    Field body = fields.field("maxBodyBytes");
    long maxBody = body.wholeNumber(1L, Integer.MAX_VALUE).orElse(25L << 20);
    long maxBodies =
        fields.field("maxBodiesBytes").wholeNumber(1, Long.MAX_VALUE).orElse(512L << 20);
    if (maxBody > maxBodies) {
      body.error(
          "%d is more than maxBodiesBytes, %d: no such body could be read"
              .formatted(maxBody, maxBodies));
    }
    return new Gateway(
        listeners.listener(fields, "0.0.0.0", 8000),
        fields.field("busyStatus").oneOf(429, 503, 504).orElse(503),
        maxBody,
        maxBodies,
        fields.field("maxConnections").wholeNumber(1, 1_000_000).orElse(10_000),
        duration(fields, "headTimeout", 10, SHORTEST),
        duration(fields, "bodyTimeout", 30, SHORTEST),
        duration(fields, "maxWait", 60, Duration.ZERO),
        duration(fields, "upstreamHeadTimeout", 300, SHORTEST),
        duration(fields, "upstreamIdleTimeout", 60, SHORTEST),
        duration(fields, "redisTimeout", 2, SHORTEST),
        CorsReader.read(fields.field("cors")));
  }

  private static EdgeDoor edgeDoor(Fields fields, Optional<String> modelHeader) {
    return new EdgeDoor(
        fields.field("mode").oneOf(DoorMode.class).orElse(DoorMode.FRONT),
        fields.field("timeout").duration(SHORTEST, DAY).orElse(Duration.ofMillis(150)),
        fields
            .field("modelHeader")
            .value(
                "the name of a header, in lower case, that carries no credential",
                text ->
                    Optional.of(text)
                        .filter(HEADER.asMatchPredicate())
                        .filter(name -> !CREDENTIALS.contains(name)))
            .or(() -> modelHeader));
  }

  private static PublicPaths publicPaths(Field list) {
    List<PathPattern> patterns = new ArrayList<>();
    for (Field item : list.items()) {
      item.required()
          .text()
          .ifPresent(
              text -> {
                try {
                  patterns.add(new PathPattern(text));
                } catch (IllegalArgumentException e) {
                  item.error(e.getMessage() + ", found \"" + text + "\"");
                }
              });
    }
    return new PublicPaths(patterns);
  }

  private static OutagePolicy outage(Fields fields) {
    OutagePolicy byDefault = OutagePolicy.DEFAULT;
    return new OutagePolicy(
        fields.field("keys").duration(Duration.ZERO, DAY).orElse(byDefault.keys()),
        fields.field("rates").oneOf(Fallback.class).orElse(byDefault.rates()),
        fields.field("concurrency").oneOf(Fallback.class).orElse(byDefault.concurrency()));
  }

  static Log log(Fields fields) {
    return new Log(
        fields.field("format").oneOf(Log.Format.class).orElse(Log.Format.TEXT),
        fields.field("level").oneOf(Log.Level.class).orElse(Log.Level.INFO));
  }

  private SluiceConfig.DecisionLog decisionLog(Fields fields) {
    return new SluiceConfig.DecisionLog(
        path(fields.field("to")).map(this::destination).orElseGet(Destination.Nowhere::new),
        fields.field("sample").share().orElse(0.01),
        fields.field("queue").wholeNumber(1, 1_000_000).orElse(10_000));
  }

  private Destination destination(Path to) {
    return switch (to.toString()) {
      case "none" -> new Destination.Nowhere();
      case "stdout" -> new Destination.StandardOutput();
      default -> new Destination.File(file.resolveSibling(to));
    };
  }

  private static SluiceConfig.Refusals refusals(Fields fields) {
    return new SluiceConfig.Refusals(
        fields.field("most").wholeNumber(0, 10_000_000).orElse(100_000),
        duration(fields, "keepFor", 24 * 3600, Duration.ofMinutes(1)),
        fields.field("queue").wholeNumber(1, 1_000_000).orElse(10_000));
  }

  private static Duration duration(Fields fields, String key, int seconds, Duration least) {
    return fields.field(key).duration(least, DAY).orElse(Duration.ofSeconds(seconds));
  }

  private Map<String, Instant> maintenanceEnds(Fields fields) {
    Map<String, Instant> ends = new LinkedHashMap<>();
    fields
        .all()
        .forEach(
            (model, field) -> {
              maintenanceFields.put(model, field);
              field.required().instant().ifPresent(end -> ends.put(model, end));
            });
    return ends;
  }
}
