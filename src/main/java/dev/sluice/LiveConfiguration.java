package dev.sluice;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.backend.Deployments;
import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.Problem;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.debug.InForce;
import dev.sluice.edge.metrics.QueueCollector;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Counted;
import dev.sluice.queue.LocalDispatcher;
import dev.sluice.ratelimit.RuleTree;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force, and what happens when its files change: tiers, descriptor rules and
 * deployments follow at once and together; the rest of sluice.yaml with the next start.
 *
 * <p>Safe for use by many threads. Whoever asks twice may see two configurations, so a decision
 * asks once.
 */
final class LiveConfiguration implements ConfigurationWatch.Follower<Configuration> {
  /** How late a wait or a lease may end when nothing else happens in the queue. */
  static final long EXPIRY_TICK_MILLIS = 50;

  private static final Logger log = LoggerFactory.getLogger(LiveConfiguration.class);

  private final LocalDispatcher dispatcher;
  private final Deployments deployments;
  private final Metrics metrics;
  private final InstantSource clock;
  private final SluiceConfig started;
  private volatile State state;

  private record State(Configuration configuration, Instant since, List<String> refused) {}

  LiveConfiguration(Configuration first, Metrics metrics, InstantSource clock) {
    this.dispatcher =
        new LocalDispatcher(first.slots(), first.settings().lease(), System::nanoTime);
    metrics.registry().register(new QueueCollector(dispatcher::snapshot));
    this.deployments = new Deployments(first.deployments());
    this.metrics = metrics;
    this.clock = clock;
    this.started = first.settings();
    this.state = new State(first, clock.instant(), List.of());
    metrics.configurationInForce(state.since());
  }

  Catalog catalog() {
    return state.configuration().catalog();
  }

  PlatformAdministrators administrators() {
    return state.configuration().administrators();
  }

  Optional<RuleTree> rules() {
    return Optional.of(state.configuration().rules());
  }

  /** Of the deployments, as they come and go. */
  LocalDispatcher dispatcher() {
    return dispatcher;
  }

  Deployments deployments() {
    return deployments;
  }

  /** For the debug door. */
  InForce inForce() {
    State now = state;
    Configuration its = now.configuration();
    return new InForce(
        its.administrators(),
        its.catalog(),
        its.slots(),
        now.since(),
        its.settings().sectionsThatDiffer(started),
        now.refused());
  }

  @Override
  public void changed(Configuration next) {
    Configuration before = state.configuration();
    // Slots before tiers: a model that a tier may call from now on has where to run.
    deployments.replace(next.deployments());
    dispatcher.configure(next.slots());
    state = new State(next, clock.instant(), List.of());
    metrics.configurationInForce(state.since());
    metrics.reloadedConfiguration("taken");
    next.warnings().forEach(warning -> log.warn("{}", warning));
    log.info(
        "took over the changed configuration: {}, {}, {}",
        Counted.of(next.catalog().tiers().size(), "tier"),
        Counted.of(next.deployments().size(), "deployment"),
        Counted.of(next.rules().rules().size(), "descriptor rule"));
    gone(before.catalog(), next.catalog());
    needsRestart(
        before.settings().sectionsThatDiffer(started), next.settings().sectionsThatDiffer(started));
  }

  private static void gone(Catalog before, Catalog next) {
    Set<String> gone = new TreeSet<>(before.tiers().keySet());
    gone.removeAll(next.tiers().keySet());
    if (!gone.isEmpty()) {
      log.warn(
          "tiers that are gone: {}; whoever was given one of them may call no model",
          String.join(", ", gone));
    }
  }

  /** Against what the server started with: a change that was taken back needs nothing. */
  private void needsRestart(List<String> before, List<String> now) {
    metrics.configurationNeedsRestart(!now.isEmpty());
    if (!now.isEmpty()) {
      log.warn("changes of {} take effect with the next start", String.join(", ", now));
    } else if (!before.isEmpty()) {
      log.info("nothing waits for the next start any more");
    }
  }

  @Override
  public void refused(InvalidConfiguration why) {
    List<String> problems = why.problems().stream().map(Problem::toString).toList();
    state = new State(state.configuration(), state.since(), problems);
    metrics.reloadedConfiguration("refused");
    log.error(
        "the changed configuration cannot be used, what was in force stays so:\n{}",
        String.join("\n", problems));
  }
}
