package dev.sluice.comparison;

import dev.sluice.CannotStart;
import dev.sluice.config.InvalidConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Both servers, by the same rules and environment, asked the same one after the other. */
public final class Comparison {
  /** A machine may be busy; only what differs waits so long. */
  private static final long PATIENCE_SECONDS = 20;

  private static final int THREADS = 8;
  private static final long DAY = 24 * 3600;
  private static final String JITTER = "EXPIRATION_JITTER_MAX_SECONDS";

  static final Pattern DOMAIN = Pattern.compile("(?m)^domain: (.*)$");

  private final Situations situations;
  private final Differences differences;
  private final Peer reference;
  private final Peer sluice;
  private final long started;
  private final Queue<Finding> findings = new ConcurrentLinkedQueue<>();

  private Comparison(Situations situations, Peer reference, Peer sluice) {
    this.situations = situations;
    this.differences = new Differences(situations.environment());
    this.reference = reference;
    this.sluice = sluice;
    this.started = now();
  }

  /**
   * Starts both servers, and ends them.
   *
   * @param parent for files that may be deleted afterwards
   * @return what differs and should not; empty when nothing does
   */
  public static List<Finding> run(Path parent, Situations situations) {
    while (true) {
      long day = now() / DAY;
      List<Finding> findings = once(parent, situations);
      // At midnight windows begin anew, and not at the same request of both.
      if (now() / DAY == day) {
        return findings;
      }
    }
  }

  private static List<Finding> once(Path parent, Situations situations) {
    List<Finding> findings = new ArrayList<>();
    with(
        parent,
        situations,
        (reference, sluice) ->
            findings.addAll(new Comparison(situations, reference, sluice).findings()));
    return findings;
  }

  /** Starts both servers for a while. */
  static void with(Path parent, Situations situations, BiConsumer<Peer, Peer> use) {
    try {
      Path folder = Files.createTempDirectory(parent, "comparison");
      Path rules = Files.createDirectories(folder.resolve("ratelimit/config"));
      for (Situation each : situations.all()) {
        if (!each.rules().isEmpty()) {
          Path file = rules.resolve(each.file());
          Files.createDirectories(file.getParent());
          Files.writeString(file, each.rules());
        }
      }
      Map<String, String> environment = new HashMap<>(situations.environment());
      environment.put("RUNTIME_ROOT", folder.toString());
      environment.put("RUNTIME_SUBDIRECTORY", "ratelimit");
      environment.putIfAbsent("RUNTIME_WATCH_ROOT", "false");
      environment.putIfAbsent(JITTER, "1");
      try (Peer reference = Peer.reference(folder, environment);
          Peer sluice = Peer.sluice(environment)) {
        use.accept(reference, sluice);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CannotStart | InvalidConfiguration e) {
      throw new IllegalStateException(e);
    }
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  private List<Finding> findings() {
    compare("", "health", reference.health(), sluice.health());
    for (String page : List.of("/healthcheck", "/nothing")) {
      compare(
          "", page, Differences.page(reference.page(page)), Differences.page(sluice.page(page)));
    }
    compareRules();
    askAll();
    compareCounters();
    if (situations.environment().containsKey("USE_PROMETHEUS")) {
      compareMetrics();
    } else {
      compareStatistics();
    }
    return List.copyOf(findings);
  }

  private void compareRules() {
    List<String> expected = new ArrayList<>(Differences.rules(reference.rules()));
    List<String> found = new ArrayList<>(sluice.rules());
    // Without any, Sluice says so.
    found.remove("no rate limit configuration loaded");
    for (String rule : List.copyOf(expected)) {
      if (found.remove(rule)) {
        expected.remove(rule);
      }
    }
    compare("", "/rlconfig", expected, found);
  }

  private void compare(String situation, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      findings.add(new Finding(situation, what, expected.toString(), found.toString()));
    }
  }

  /** Those of different domains at once. */
  private void askAll() {
    Map<Set<String>, List<Situation>> byDomain =
        situations.all().stream().collect(Collectors.groupingBy(Comparison::domains));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      byDomain.values().forEach(some -> all.add(threads.submit(() -> some.forEach(this::ask))));
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private void ask(Situation situation) {
    int number = 0;
    for (String json : situation.requests()) {
      var request = Situation.request(json);
      compare(
          situation.name(),
          "request " + ++number + " " + json,
          differences.answer(reference.ask(request)),
          sluice.ask(request));
    }
    for (String body : situation.bodies()) {
      compare(
          situation.name(),
          "/json " + body,
          differences.answer(reference.post(body)),
          Differences.own(sluice.post(body)));
    }
  }

  private void compareCounters() {
    Map<String, Counter> expected = windowless(Differences.counters(reference.counters()));
    Map<String, Counter> found = windowless(sluice.counters());
    long jitter = Long.parseLong(situations.environment().getOrDefault(JITTER, "1"));
    long most = jitter + now() - started + 1;
    both(expected.keySet(), found.keySet())
        .forEach(
            key -> {
              Optional<Counter> theirs = Optional.ofNullable(expected.get(key));
              Optional<Counter> ours = Optional.ofNullable(found.get(key));
              boolean same =
                  theirs.isPresent()
                      && ours.isPresent()
                      && theirs.get().value() == ours.get().value()
                      && ours.get().seconds() >= 0
                      && Math.abs(theirs.get().seconds() - ours.get().seconds()) <= most;
              if (!same) {
                findings.add(
                    new Finding(
                        situationOf(key), "key " + key, theirs.toString(), ours.toString()));
              }
            });
  }

  /** Windows of a day and longer are the same at both; of shorter ones, all count together. */
  private static Map<String, Counter> windowless(Map<String, Counter> counters) {
    Map<String, Counter> windowless = new TreeMap<>();
    counters.forEach(
        (key, counter) -> {
          String digits = key.replaceFirst("(?s).*_", "");
          boolean known = digits.matches("\\d{1,18}") && Long.parseLong(digits) % DAY == 0;
          windowless.merge(
              known ? key : key.replaceFirst("\\d+$", "WINDOW"),
              counter,
              (one, other) ->
                  new Counter(
                      one.value() + other.value(), Math.max(one.seconds(), other.seconds())));
        });
    return windowless;
  }

  private static Set<String> both(Set<String> one, Set<String> other) {
    Set<String> both = new TreeSet<>(one);
    both.addAll(other);
    return both;
  }

  private void compareStatistics() {
    reference.awaitStatistics();
    sluice.awaitStatistics();
    compareSeries(
        "statistic ",
        ofRules(Differences.statistics(reference.statistics())),
        ofRules(sluice.statistics()));
  }

  /** They come a while after the answers. */
  private void compareMetrics() {
    long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
    while (true) {
      Map<String, Double> expected = reference.metrics();
      Map<String, Double> found = sluice.metrics();
      if (expected.equals(found) || System.nanoTime() > deadline) {
        compareSeries("metric ", expected, found);
        return;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void compareSeries(String what, Map<String, ?> expected, Map<String, ?> found) {
    for (String name : both(expected.keySet(), found.keySet())) {
      compare(
          situationOf(name),
          what + name,
          String.valueOf(expected.get(name)),
          String.valueOf(found.get(name)));
    }
  }

  private Map<String, Long> ofRules(Map<String, Long> statistics) {
    Map<String, Long> ofRules = new TreeMap<>(statistics);
    situations.all().stream()
        .filter(Differences::namedOtherwise)
        .flatMap(situation -> domains(situation).stream())
        .map(domain -> "ratelimit.service.rate_limit." + domain + ".")
        .forEach(prefix -> ofRules.keySet().removeIf(name -> name.startsWith(prefix)));
    if (situations.all().stream().anyMatch(differences::shadowsQuotas)) {
      ofRules.remove("ratelimit.service.global_shadow_mode");
    }
    return ofRules;
  }

  private static Set<String> domains(Situation situation) {
    Set<String> domains = new TreeSet<>();
    situation.requests().forEach(json -> domains.add(Situation.request(json).getDomain()));
    Matcher declared = DOMAIN.matcher(situation.rules());
    if (declared.find()) {
      domains.add(declared.group(1).strip());
    }
    domains.remove("");
    return domains;
  }

  /** Whose domain it has in its name. */
  private String situationOf(String name) {
    String prefix = situations.environment().getOrDefault("CACHE_KEY_PREFIX", "");
    return situations.all().stream()
        .filter(
            each ->
                domains(each).stream()
                    .anyMatch(
                        domain ->
                            name.startsWith(prefix + domain + "_")
                                || name.contains("." + domain + ".")
                                || name.contains("domain=\"" + domain + "\"")))
        .map(Situation::name)
        .filter(Objects::nonNull)
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }
}
