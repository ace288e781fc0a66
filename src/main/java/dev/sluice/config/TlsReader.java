package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.tls.TlsFiles;
import dev.sluice.tls.TlsFiles.Part;
import dev.sluice.tls.TlsMaterial;
import dev.sluice.tls.TlsProblem;
import dev.sluice.tls.UnusableTls;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the {@code tls} of a door, and the files that it names. */
final class TlsReader {
  private final Path sluiceYaml;
  private final Map<Part, Field> fields = new EnumMap<>(Part.class);

  private TlsReader(Path sluiceYaml) {
    this.sluiceYaml = sluiceYaml;
  }

  /** Empty when the door has none, and, with problems, when it cannot be used. */
  static Optional<TlsMaterial> read(Field field, Path sluiceYaml) {
    return field.absent() ? Optional.empty() : field.map(new TlsReader(sluiceYaml)::read);
  }

  private Optional<TlsMaterial> read(Fields tls) {
    Optional<Path> certificate = path(tls, Part.CERTIFICATE);
    Optional<Path> key = path(tls, Part.KEY);
    Optional<Path> clients = path(tls, Part.CLIENT_CERTIFICATES);
    return certificate.flatMap(
        first -> key.flatMap(second -> material(new TlsFiles(first, second, clients))));
  }

  private Optional<Path> path(Fields tls, Part part) {
    Field optional = tls.field(part.field());
    Field field = part == Part.CLIENT_CERTIFICATES ? optional : optional.required();
    fields.put(part, field);
    return SluiceReader.path(field).map(sluiceYaml::resolveSibling);
  }

  private Optional<TlsMaterial> material(TlsFiles files) {
    try {
      TlsMaterial material = files.read().material();
      report(Severity.WARNING, material.warnings(Instant.now()));
      return Optional.of(material);
    } catch (UnusableTls e) {
      report(Severity.ERROR, e.problems());
      return Optional.empty();
    }
  }

  private void report(Severity severity, List<TlsProblem> problems) {
    fields.forEach(
        (part, field) ->
            problems.stream()
                .filter(problem -> problem.part() == part)
                .forEach(problem -> field.reportValue(severity, problem.message())));
  }
}
