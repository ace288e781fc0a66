package dev.sluice.config;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.backend.Deployment;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.BatchSlots;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Everything that the files and the environment say: one checked, immutable snapshot.
 *
 * @param tiers what holds for each tier and model, and why
 * @param slots the batch slots of each of {@code deployments}, in the same order, by the same names
 * @param rules Envoy's descriptor rules
 * @param administrators of the whole platform, as the vendor's file names them
 * @param warnings what is not wrong, but probably not meant
 */
public record Configuration(
    SluiceConfig settings,
    Catalog catalog,
    TierTable tiers,
    List<BatchSlots> slots,
    List<Deployment> deployments,
    RuleTree rules,
    PlatformAdministrators administrators,
    List<Problem> warnings) {
  public Configuration {
    slots = List.copyOf(slots);
    deployments = List.copyOf(deployments);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads {@code sluice.yaml} and the files that it names. Reads files, so it blocks.
   *
   * @param environment of the process; {@code SLUICE_...} variables replace scalars of {@code
   *     sluice.yaml}
   * @throws InvalidConfiguration with all errors of all files
   */
  public static Configuration load(Path sluiceYaml, Map<String, String> environment)
      throws InvalidConfiguration {
    return load(sluiceYaml, environment, file -> {});
  }

  /**
   * As the other.
   *
   * @param reads is told each file or folder before it is read
   */
  static Configuration load(Path sluiceYaml, Map<String, String> environment, Consumer<Path> reads)
      throws InvalidConfiguration {
    reads.accept(sluiceYaml);
    Problems problems = new Problems();
    Overrides overrides = new Overrides(environment);
    SluiceReader ours = new SluiceReader(sluiceYaml);
    Optional<SluiceConfig> settings = ours.read(overrides, problems);
    overrides.reportUnknown(problems);
    ours.sambastack().forEach(reads);
    settings.flatMap(all -> all.rateLimit().directory()).ifPresent(reads);
    Optional<SambaStackReader> vendors =
        SambaStackReader.read(ours.sambastack(), sluiceYaml, problems);
    Optional<CrossCheck> both = vendors.map(v -> new CrossCheck(ours, v));
    List<BatchSlots> slots = both.map(CrossCheck::slots).orElse(List.of());
    RuleTree rules =
        settings
            .flatMap(all -> all.rateLimit().directory())
            .map(directory -> RulesReader.read(new RuleFiles(directory, true, false), problems))
            .orElse(RuleTree.EMPTY);
    problems.throwIfInvalid();
    CrossCheck checked = both.orElseThrow();
    SluiceConfig valid = settings.orElseThrow();
    checked.run(valid);
    return new Configuration(
        valid,
        new Catalog(checked.tiers(), valid.maintenanceEnds(), valid.models()),
        checked.table(),
        slots,
        valid.deployments().stream()
            .map(d -> new Deployment(d.uniqueName(), d.url(), d.apiKey()))
            .toList(),
        rules,
        vendors.orElseThrow().administrators(),
        problems.all());
  }
}
