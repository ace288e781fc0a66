package dev.sluice.commandline;

import dev.sluice.account.KeyIssuer;
import dev.sluice.config.DeclaredAccounts;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.policy.Counted;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the accounts what a file declares. */
@Command(
    name = "apply",
    description = {
      "Makes the accounts what a file declares; what it does not name stays as it is.",
      "Keys are declared by name: one that is missing is issued, and its text printed once."
    },
    mixinStandardHelpOptions = true)
public final class ApplyCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @Option(names = "-f", required = true, paramLabel = "FILE", description = "accounts.yaml")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(names = "--dry-run", description = "Only shows what would be done.")
  private boolean dryRun;

  @Override
  public Integer call() throws InvalidConfiguration {
    DeclaredAccounts declared = DeclaredAccounts.load(file, shared.tiers());
    return shared.run(
        session -> {
          List<Step> steps = Plan.of(declared, session);
          for (Step step : steps) {
            warn(step);
            if (!dryRun) {
              take(step, session);
            }
            shared.say(step.line());
          }
          shared.say(summary(steps.size()));
          return 0;
        });
  }

  private String summary(int steps) {
    if (steps == 0) {
      return "nothing to do";
    }
    return Counted.of(steps, "change") + (dryRun ? " would be made" : " made");
  }

  private void warn(Step step) {
    if (step instanceof Step.Create create) {
      shared.warnOfModels(create.record());
    } else if (step instanceof Step.Change change) {
      shared.warnOfModels(change.replacement().record());
    } else if (step instanceof Step.Issue issue) {
      shared.warnOfModels(issue.order().terms().models());
      shared.warnOfModels(issue.order().terms().limits().models());
    }
  }

  private void take(Step step, Session session) {
    if (step instanceof Step.Create create) {
      session.await(session.accounts().create(shared.actor(), create.record()));
    } else if (step instanceof Step.Change change) {
      session.await(session.accounts().replace(shared.actor(), change.replacement()));
    } else if (step instanceof Step.Issue issue) {
      KeyIssuer issuer = new KeyIssuer(session.accounts(), new SecureRandom(), shared.actor());
      new Issuance(shared).print(session.await(issuer.issueAlone(issue.order())));
    }
  }
}
