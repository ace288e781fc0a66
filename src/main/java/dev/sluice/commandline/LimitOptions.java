package dev.sluice.commandline;

import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limits of a record, as far as they are said. */
final class LimitOptions {
  @Option(
      names = "--limit",
      paramLabel = "LIMIT",
      description = {
        "Its own, beside its tier's: 100/1m for requests of any minute (s, m, h, d),",
        "running=5 for how many may run at once; for one model 100/1m:MODEL;",
        "10/1m@end-user for each end user of its requests, as they name them;",
        "shadow:100/1m for one that refuses nothing and reports what it would have refused.",
        "Once for each; together they replace those that it has. none: it has none."
      })
  private @Nullable List<String> limits;

  /** What was said, else these. */
  OwnLimits over(OwnLimits before) {
    List<String> said = limits;
    if (said == null) {
      return before;
    }
    if (said.equals(List.of(LimitText.NONE))) {
      return OwnLimits.NONE;
    }
    if (said.contains(LimitText.NONE)) {
      throw new CommandFailed("--limit none stands alone: it takes away all limits");
    }
    List<OwnLimit> all = new ArrayList<>();
    for (String text : said) {
      try {
        all.add(LimitText.parse(text));
      } catch (IllegalArgumentException e) {
        String several = text.contains(",") ? "; for several limits say --limit several times" : "";
        throw new CommandFailed("--limit " + text + ": " + e.getMessage() + several);
      }
    }
    try {
      return new OwnLimits(all);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed("--limit: " + e.getMessage());
    }
  }
}
