package dev.sluice.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import java.util.regex.Pattern;

/**
 * What Envoy's descriptor limits do, under the names that envoyproxy/ratelimit has on Prometheus,
 * so that its dashboards and alerts go on working.
 *
 * <p>Its counters lack the suffix {@code _total}, which the client library gives to all that it
 * calls a counter: so these are of no declared type. Rates of them work as of any counter.
 *
 * <p>Safe for use by many threads. There are never more than {@value #MOST_SERIES} rules here; what
 * comes later counts together, as {@code (other)}.
 */
public final class RateLimitSeries extends Collector {
  private static final int MOST_SERIES = 100_000;

  /** Of the series whose names have values of requests in them. */
  private static final int MOST_DETAILED = 10_000;

  private static final int LONGEST_LABEL = 200;
  private static final Pattern SPECIAL = Pattern.compile("[:|\\s\\p{Cntrl}]");
  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final String OF_RULES = "ratelimit_service_rate_limit_";
  private static final String DOTTED = "ratelimit.service.";
  private static final List<String> RULE_LABELS = List.of("domain", "key1", "key2");

  private final Map<Name, OfRule> rules = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> outages = new ConcurrentHashMap<>();
  private final LongAdder detailed = new LongAdder();
  private final LongAdder domainNotFound = new LongAdder();
  private final LongAdder globalShadowMode = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder configurationLoaded = new LongAdder();
  private final LongAdder configurationRefused = new LongAdder();
  private final ResponseTimes responseTimes = new ResponseTimes();

  /** The name of a rule. */
  private record Name(String domain, List<String> path) {
    static Name of(String domain, List<String> path) {
      return new Name(domain, isShort(path) ? path : path.stream().map(Name::cut).toList());
    }

    private static boolean isShort(List<String> path) {
      for (String key : path) {
        if (key.length() > LONGEST_LABEL) {
          return false;
        }
      }
      return true;
    }

    private static String cut(String key) {
      return key.substring(0, Math.min(key.length(), LONGEST_LABEL));
    }

    /** On Prometheus: what lies deeper than two keys counts with them. */
    List<String> labels() {
      return List.of(plain(domain), plain(key(0)), plain(key(1)));
    }

    private String key(int depth) {
      return depth < path.size() ? path.get(depth) : "";
    }

    /** As a dotted name. */
    String dotted() {
      return plain(domain + "." + String.join(".", path));
    }

    /** Without what has a meaning to those who read dotted names. */
    private static String plain(String name) {
      String text = SPECIAL.matcher(name).replaceAll("_");
      return ADDRESS.matcher(text).replaceAll(address -> address.group().replace('.', '_'));
    }
  }

  /** What is counted of the hits on a rule. */
  public enum Kind {
    TOTAL_HITS("Hits on a rule."),
    WITHIN_LIMIT("Hits within the limit."),
    NEAR_LIMIT("Hits near the limit."),
    OVER_LIMIT("Hits over the limit."),
    OVER_LIMIT_WITH_LOCAL_CACHE("Hits over the limit, known to be so without asking Redis."),
    SHADOW_MODE("Hits over the limit that shadow mode let pass.");

    private final String help;

    Kind(String help) {
      this.help = help;
    }

    private Family family() {
      return new Family(OF_RULES + name().toLowerCase(Locale.ROOT), help, RULE_LABELS);
    }
  }

  /** The hits on one rule. */
  public static final class OfRule {
    private final Map<Kind, LongAdder> hits = new EnumMap<>(Kind.class);
    private final List<String> labels;
    private final String dotted;

    /** Its names are made once, and not whenever somebody asks for all series. */
    private OfRule(Name name) {
      this.labels = name.labels();
      this.dotted = name.dotted();
      for (Kind kind : Kind.values()) {
        hits.put(kind, new LongAdder());
      }
    }

    private LongAdder of(Kind kind) {
      return Objects.requireNonNull(hits.get(kind));
    }

    /** Adds hits. */
    public void add(Kind kind, long more) {
      if (more > 0) {
        of(kind).add(more);
      }
    }
  }

  /**
   * The series of a rule.
   *
   * @param path its name, from the outermost key
   * @param instead when {@code path} has values of a request in it and there are too many of these:
   *     the rule's own
   */
  public OfRule of(String domain, List<String> path, List<String> instead) {
    Name name = Name.of(domain, path);
    OfRule known = rules.get(name);
    return known != null ? known : make(name, path != instead, domain, instead);
  }

  // Rare: once for each series.
  private synchronized OfRule make(
      Name name, boolean ofValues, String domain, List<String> instead) {
    if (ofValues && detailed.sum() >= MOST_DETAILED) {
      return of(domain, instead, instead);
    }
    if (rules.size() >= MOST_SERIES) {
      return rules.computeIfAbsent(new Name("(other)", List.of()), OfRule::new);
    }
    return rules.computeIfAbsent(
        name,
        unknown -> {
          detailed.add(ofValues ? 1 : 0);
          return new OfRule(unknown);
        });
  }

  /** A request came to the service. */
  public void requested() {
    requests.increment();
  }

  /** A request to the service was answered. */
  void answered(long nanos) {
    responseTimes.add(nanos);
  }

  /** How long answers took, for one who asks again and again. */
  ResponseTimes responseTimes() {
    return responseTimes;
  }

  /**
   * A request was answered with an error.
   *
   * @param kind {@code redis_error} or {@code service_error}
   */
  public void failed(String kind) {
    failures.computeIfAbsent(kind, unknown -> new LongAdder()).increment();
  }

  /**
   * A request could not be counted and was answered by the policy for outages.
   *
   * @param policy {@code open}, {@code closed} or {@code share}
   */
  public void answeredInOutage(String policy) {
    outages.computeIfAbsent(policy, unknown -> new LongAdder()).increment();
  }

  /** A descriptor came for a domain that has no rules. */
  public void domainNotFound() {
    domainNotFound.increment();
  }

  /** Only the global shadow mode let a request pass. */
  public void globalShadowMode() {
    globalShadowMode.increment();
  }

  /** Rules were read, to be in force from now on. */
  public void configurationLoaded() {
    configurationLoaded.increment();
  }

  /** Rules were read that cannot be used. */
  public void configurationRefused() {
    configurationRefused.increment();
  }

  /**
   * Every counter under the name that envoyproxy/ratelimit has for it in StatsD.
   *
   * @param each gets a name and how much was counted since the start of the process
   */
  public void counters(ObjLongConsumer<String> each) {
    // Two rules may come to one name.
    Map<String, Long> ofRules = new HashMap<>();
    rules.forEach(
        (name, its) -> {
          String prefix = DOTTED + "rate_limit." + its.dotted + ".";
          for (Kind kind : Kind.values()) {
            ofRules.merge(
                prefix + kind.name().toLowerCase(Locale.ROOT), its.of(kind).sum(), Long::sum);
          }
        });
    ofRules.forEach(each::accept);
    failures.forEach(
        (kind, count) -> each.accept(DOTTED + "call.should_rate_limit." + kind, count.sum()));
    each.accept(DOTTED + "rate_limit.domain_not_found", domainNotFound.sum());
    each.accept(DOTTED + "global_shadow_mode", globalShadowMode.sum());
    each.accept(DOTTED + "config_load_success", configurationLoaded.sum());
    each.accept(DOTTED + "config_load_error", configurationRefused.sum());
    each.accept("ratelimit_server.ShouldRateLimit.total_requests", requests.sum());
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Family family = kind.family();
      Map<List<String>, LongAdder> byLabels = new HashMap<>();
      rules.forEach(
          (name, its) ->
              byLabels
                  .computeIfAbsent(its.labels, labels -> new LongAdder())
                  .add(its.of(kind).sum()));
      byLabels.forEach(family::add);
      all.add(family.samples());
    }
    Family failed =
        new Family(
            "ratelimit_service_should_rate_limit_error",
            "Requests that were answered with an error.",
            List.of("err_type"));
    failures.forEach((kind, count) -> failed.add(List.of(kind), count));
    Family requested =
        new Family("ratelimit_service_total_requests", "Requests by gRPC.", List.of("grpc_method"));
    requested.add(List.of("ShouldRateLimit"), requests);
    Family unknown =
        new Family(
            OF_RULES + "domain_not_found",
            "Descriptors of requests for a domain without rules.",
            List.of());
    unknown.add(List.of(), domainNotFound);
    Family shadowed =
        new Family(
            "ratelimit_service_global_shadow_mode",
            "Requests that only the global shadow mode let pass.",
            List.of());
    shadowed.add(List.of(), globalShadowMode);
    Family loaded =
        new Family(
            "ratelimit_service_config_load_success", "Rules that were read and used.", List.of());
    loaded.add(List.of(), configurationLoaded);
    Family refused =
        new Family(
            "ratelimit_service_config_load_error",
            "Rules that were read and cannot be used.",
            List.of());
    refused.add(List.of(), configurationRefused);
    List.of(failed, requested, unknown, shadowed, loaded, refused)
        .forEach(family -> all.add(family.samples()));
    all.addAll(unmapped());
    return all;
  }

  /** What StatsD has no name for. */
  List<MetricFamilySamples> unmapped() {
    Family outage =
        new Family(
            "sluice_ratelimit_outage_answers_total",
            "Requests that could not be counted and were answered by the policy for outages.",
            List.of("policy"));
    outages.forEach((policy, count) -> outage.add(List.of(policy), count));
    return List.of(outage.samples());
  }

  /** The series of one name. */
  private record Family(
      String name, String help, List<String> labels, List<MetricFamilySamples.Sample> found) {
    private Family(String name, String help, List<String> labels) {
      this(name, help, labels, new ArrayList<>());
    }

    private void add(List<String> values, LongAdder count) {
      found.add(new MetricFamilySamples.Sample(name, labels, values, count.sum()));
    }

    private MetricFamilySamples samples() {
      return new MetricFamilySamples(name, Type.UNKNOWN, help, found);
    }
  }
}
