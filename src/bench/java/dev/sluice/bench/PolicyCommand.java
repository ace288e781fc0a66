package dev.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what limits and tiers cost. */
@Command(
    name = "policy",
    description = {
      "Measures what a decision costs by how many limits hold for the request (1, 3, 5, 20), and by"
          + " how many tiers there are."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PolicyCommand implements Callable<Integer> {
  @Mixin private Rounds rounds = new Rounds(5, 10, 5);

  @Option(names = "--tiers", description = "Of the large configuration; the small one has ten.")
  private int tiers = 1_000;

  @Option(names = "--keys", description = "How many API keys ask, in turn, in each case.")
  private int keys = 100;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PolicyBench.Options options =
        new PolicyBench.Options(
            rounds.time(), rounds.warmup(), rounds.rounds(), tiers, keys, rounds.jvm());
    PolicyFigures figures = PolicyBench.run(options, rounds.progress(spec));
    rounds.print(spec, figures::table, figures::json);
    return 0;
  }
}
