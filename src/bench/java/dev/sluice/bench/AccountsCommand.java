package dev.sluice.bench;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what many accounts cost. */
@Command(
    name = "accounts",
    description = {
      "Measures what a decision costs with few and with many accounts, and what many take to keep,"
          + " to import and to export."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class AccountsCommand implements Callable<Integer> {
  @Mixin private Rounds rounds = new Rounds(5, 10, 5);

  @Option(names = "--few", description = "Keys of the small store; a tenth as many users.")
  private int few = 100;

  @Option(
      names = "--many",
      description = "Keys of the large store; a tenth as many users, of them organizations.")
  private int many = 100_000;

  @Option(names = "--export-jvm", split = " ", description = "JVM flags of export.")
  private List<String> exportJvm = List.of("-XX:+UseSerialGC", "-Xmx32m");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AccountsBench.Options options =
        new AccountsBench.Options(
            rounds.time(), rounds.warmup(), rounds.rounds(), few, many, rounds.jvm(), exportJvm);
    AccountsFigures figures = AccountsBench.run(options, rounds.progress(spec));
    rounds.print(spec, figures::table, figures::json);
    return 0;
  }
}
