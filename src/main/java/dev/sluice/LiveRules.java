package dev.sluice;

import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleTree;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The descriptor rules in force, where they are all that there is to configure. There are none
 * before some could be used.
 *
 * <p>Safe for use by many threads.
 */
final class LiveRules implements ConfigurationWatch.Follower<LoadedRules> {
  private static final Logger log = LoggerFactory.getLogger(LiveRules.class);

  private final Metrics metrics;
  private volatile Optional<RuleTree> rules = Optional.empty();

  LiveRules(Metrics metrics) {
    this.metrics = metrics;
  }

  Optional<RuleTree> rules() {
    return rules;
  }

  /** Puts rules in force of which the one who found them has told. */
  void replace(LoadedRules next) {
    rules = Optional.of(next.tree());
  }

  @Override
  public void changed(LoadedRules next) {
    replace(next);
    metrics.reloadedConfiguration("taken");
    next.warnings().forEach(warning -> log.warn("{}", warning));
    log.info("{} descriptor rules are in force", next.tree().rules().size());
  }

  @Override
  public void refused(InvalidConfiguration why) {
    metrics.reloadedConfiguration("refused");
    log.error(
        "the descriptor rules cannot be used, {}:\n{}",
        rules.isEmpty()
            ? "and every request gets an error until they can"
            : "what was in force stays so",
        why.getMessage());
  }
}
