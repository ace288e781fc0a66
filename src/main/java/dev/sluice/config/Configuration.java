package dev.sluice.config;

import dev.sluice.backend.Deployment;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.BatchSlots;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the files and the environment say: one checked, immutable snapshot.
 *
 * @param slots the batch slots of each of {@code deployments}, in the same order, by the same names
 * @param warnings what is not wrong, but probably not meant
 */
public record Configuration(
    SluiceConfig settings,
    Catalog catalog,
    List<BatchSlots> slots,
    List<Deployment> deployments,
    List<Problem> warnings) {
  public Configuration {
    slots = List.copyOf(slots);
    deployments = List.copyOf(deployments);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads {@code sluice.yaml} and the file that it names. Reads files, so it blocks.
   *
   * @param environment of the process; {@code SLUICE_...} variables replace scalars of {@code
   *     sluice.yaml}
   * @throws InvalidConfiguration with all errors of all files
   */
  public static Configuration load(Path sluiceYaml, Map<String, String> environment)
      throws InvalidConfiguration {
    Problems problems = new Problems();
    Overrides overrides = new Overrides(environment);
    SluiceReader ours = new SluiceReader(sluiceYaml);
    Optional<SluiceConfig> settings = ours.read(overrides, problems);
    overrides.reportUnknown(problems);
    Optional<SambaStackReader> vendors =
        ours.sambastack().flatMap(file -> SambaStackReader.read(file, problems));
    Optional<CrossCheck> both = vendors.map(v -> new CrossCheck(ours, v));
    List<BatchSlots> slots = both.map(CrossCheck::slots).orElse(List.of());
    problems.throwIfInvalid();
    both.ifPresent(CrossCheck::run);
    SluiceConfig valid = settings.orElseThrow();
    return new Configuration(
        valid,
        new Catalog(vendors.orElseThrow().tiers().tiers(), valid.maintenanceEnds()),
        slots,
        valid.deployments().stream()
            .map(d -> new Deployment(d.uniqueName(), d.url(), d.apiKey()))
            .toList(),
        problems.all());
  }
}
