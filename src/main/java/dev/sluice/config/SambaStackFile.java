package dev.sluice.config;

import dev.sluice.policy.Tier;
import dev.sluice.queue.QosList;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What Sluice takes from the vendor's {@code sambastack.yaml}, v1 shape: bare or in a ConfigMap, in
 * one document or several.
 *
 * @param tiers by name
 * @param qosLists by the deployment's name, then by the group's; a group without a list is not here
 * @param warnings what was ignored or looks like a mistake
 */
public record SambaStackFile(
    Map<String, Tier> tiers, Map<String, Map<String, QosList>> qosLists, List<Problem> warnings) {
  public SambaStackFile {
    tiers = Map.copyOf(tiers);
    qosLists =
        qosLists.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Map.copyOf(e.getValue())));
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads and checks a file by itself.
   *
   * @throws InvalidConfiguration with all errors of the file
   */
  public static SambaStackFile load(Path file) throws InvalidConfiguration {
    Problems problems = new Problems();
    Optional<SambaStackReader> reader = SambaStackReader.read(file, problems);
    reader.ifPresent(SambaStackReader::checkLabels);
    problems.throwIfInvalid();
    return reader.orElseThrow().file(problems);
  }
}
