package dev.sluice.bench;

import dev.sluice.ratelimit.OutageAnswer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what becomes of rate limit requests while Redis is stopped, and afterwards. */
@Command(
    name = "outage",
    description = {
      "Stops Redis for a moment (SIGSTOP) under rate limit requests at a fixed rate: what they are"
          + " answered, when, how memory grows, when all is as before, and whether any was counted"
          + " twice."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class OutageCommand implements Callable<Integer> {
  @Option(names = "--rate", description = "Requests a second.")
  private int rate = 2_000;

  @Option(names = "--before", description = "Seconds before Redis is stopped.")
  private double before = 2;

  @Option(names = "--stop", description = "Seconds for which it is.")
  private double stop = 3;

  @Option(names = "--after", description = "Seconds afterwards.")
  private double after = 5;

  @Option(names = "--warmup", description = "Seconds before all: the JIT compiler needs them.")
  private double warmup = 5;

  @Option(
      names = "--outage",
      split = ",",
      description = "Sluice's rateLimit.outage, of: ${COMPLETION-CANDIDATES}; a run for each.")
  private List<OutageAnswer> outage = List.of(OutageAnswer.ERROR, OutageAnswer.OPEN);

  @Option(
      names = "--reference",
      description = "Does the same to the real envoyproxy/ratelimit; see edges --help.")
  private boolean reference;

  @Mixin private Reporting reporting = new Reporting();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    OutageBench.Options options =
        new OutageBench.Options(
            rate,
            Reporting.seconds(before),
            Reporting.seconds(stop),
            Reporting.seconds(after),
            Reporting.seconds(warmup),
            outage,
            reference,
            reporting.jvm());
    OutageFigures figures = OutageBench.run(options, reporting.progress(spec));
    reporting.print(spec, figures::table, figures::json);
    return 0;
  }
}
