package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what decisions at the doors for edges cost. */
@Command(
    name = "edges",
    description = {
      "Measures what a decision costs at the doors for Envoy and NGINX, next to services of the"
          + " same stack that decide nothing."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EdgesCommand implements Callable<Integer> {
  @Mixin private Rounds rounds = new Rounds(5, 10, 5);

  @Option(names = "--keys", description = "How many API keys ask, in turn.")
  private int keys = 1_000;

  @Option(
      names = "--only",
      split = ",",
      description = {
        "What to measure, of: ${COMPLETION-CANDIDATES}; all when it is not given.",
        "The first word of a name chooses all that begin with it: authz, limit, auth."
      },
      completionCandidates = Ids.class)
  private List<String> only = List.of();

  @Option(names = "--rate", description = "Requests a second when latency is measured.")
  private int rate = 2_000;

  @Option(
      names = "--reference",
      description = {
        "Starts the real envoyproxy/ratelimit, and measures it beside Sluice. It is what",
        "src/main/sh/obtain-edges ratelimit builds, or what SLUICE_REFERENCE names."
      })
  private boolean reference;

  @Option(
      names = "--rival",
      paramLabel = "HOST:PORT",
      description = {
        "Another rate limit service (gRPC) to measure beside Sluice's.",
        "It must have the rules that --rules prints."
      })
  private @Nullable String rival;

  @Option(names = "--rival-pid", description = "Its process, for its CPU.")
  private @Nullable Long rivalPid;

  @Option(names = "--rules", description = "Prints the descriptor rules and ends.")
  private boolean rules;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Of all cases. */
  static final class Ids extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Ids() {
      super(EdgeCase.all(1).stream().map(EdgeCase::id).toList());
    }
  }

  @Override
  public Integer call() throws Exception {
    if (rules) {
      spec.commandLine().getOut().print(LimitQuestions.RULES);
      spec.commandLine().getOut().flush();
      return 0;
    }
    EdgesBench.Options options =
        new EdgesBench.Options(
            rounds.time(),
            rounds.warmup(),
            rounds.rounds(),
            keys,
            cases(),
            reference,
            Optional.ofNullable(rival).map(this::rival),
            rounds.jvm());
    EdgesFigures figures = EdgesBench.run(options, rounds.progress(spec));
    rounds.print(spec, figures::table, figures::json);
    return 0;
  }

  private List<EdgeCase> cases() {
    List<EdgeCase> all = EdgeCase.all(rate);
    List<String> unknown = only.stream().filter(word -> chosen(all, word).isEmpty()).toList();
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "nothing to measure is called %s; there are %s"
              .formatted(String.join(", ", unknown), String.join(", ", new Ids())));
    }
    return only.isEmpty()
        ? all
        : only.stream().flatMap(word -> chosen(all, word).stream()).distinct().toList();
  }

  /** What is called so, else all that begin so. */
  static List<EdgeCase> chosen(List<EdgeCase> all, String word) {
    List<EdgeCase> exactly = all.stream().filter(each -> each.id().equals(word)).toList();
    return exactly.isEmpty()
        ? all.stream().filter(each -> each.id().startsWith(word + "_")).toList()
        : exactly;
  }

  private EdgeTarget rival(String address) {
    Optional<ProcessHandle> process =
        Optional.ofNullable(rivalPid)
            .map(
                pid ->
                    ProcessHandle.of(pid)
                        .orElseThrow(
                            () ->
                                new ParameterException(
                                    spec.commandLine(), "there is no process " + pid)));
    return new EdgeTarget(EdgeTarget.Kind.RIVAL, address, "", process, Optional.empty());
  }
}
