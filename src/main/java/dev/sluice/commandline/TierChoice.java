package dev.sluice.commandline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A tier that is assigned, or none. */
final class TierChoice {
  @Option(
      names = "--tier",
      required = true,
      paramLabel = "TIER",
      description = "A tier of sambastack.yaml.")
  private @Nullable String tier;

  @Option(
      names = "--none",
      required = true,
      description = "Takes the tier away: that of what it belongs to holds.")
  private boolean none;

  Optional<String> tier() {
    return none ? Optional.empty() : Optional.ofNullable(tier);
  }
}
