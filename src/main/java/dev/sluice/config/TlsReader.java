package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.tls.ClientTlsFiles;
import dev.sluice.tls.ClientTlsMaterial;
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
import java.util.function.Function;

/** Reads the {@code tls} of a door, or {@code redisTls}, and the files that it names. */
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

  /** The same for what this process is a client of. */
  static Optional<ClientTlsMaterial> readClient(Field field, Path sluiceYaml) {
    return field.absent() ? Optional.empty() : field.map(new TlsReader(sluiceYaml)::readClient);
  }

  private Optional<TlsMaterial> read(Fields tls) {
    Optional<Path> certificate = path(tls, Part.CERTIFICATE, true);
    Optional<Path> key = path(tls, Part.KEY, true);
    Optional<Path> clients = path(tls, Part.CLIENT_CERTIFICATES, false);
    Field named = tls.field("clientName");
    Optional<String> name = named.text();
    if (name.isPresent() && tls.field(Part.CLIENT_CERTIFICATES.field()).absent()) {
      named.reportValue(
          Severity.ERROR,
          "without "
              + Part.CLIENT_CERTIFICATES.field()
              + " clients are asked for no certificate: expected both, or neither");
    }
    return certificate.flatMap(
        first -> key.flatMap(second -> material(new TlsFiles(first, second, clients, name))));
  }

  private Optional<ClientTlsMaterial> readClient(Fields tls) {
    boolean identity =
        !tls.field(Part.CERTIFICATE.field()).absent() || !tls.field(Part.KEY.field()).absent();
    Optional<Path> ca = path(tls, Part.CA, false);
    Optional<Path> certificate = path(tls, Part.CERTIFICATE, identity);
    Optional<Path> key = path(tls, Part.KEY, identity);
    boolean whole = certificate.isPresent() == key.isPresent();
    // Also with half of it missing: what is wrong with the other file is said with it.
    ClientTlsFiles files =
        new ClientTlsFiles(ca, certificate.filter(path -> whole), key.filter(path -> whole));
    Optional<ClientTlsMaterial> material =
        taken(files.read()::material, read -> read.warnings(now()));
    return material.filter(read -> whole);
  }

  private Optional<Path> path(Fields tls, Part part, boolean required) {
    Field optional = tls.field(part.field());
    Field field = required ? optional.required() : optional;
    fields.put(part, field);
    return SluiceReader.path(field).map(sluiceYaml::resolveSibling);
  }

  private Optional<TlsMaterial> material(TlsFiles files) {
    return taken(files.read()::material, material -> material.warnings(now()));
  }

  private interface Reading<M> {
    M material() throws UnusableTls;
  }

  private <M> Optional<M> taken(Reading<M> reading, Function<M, List<TlsProblem>> warnings) {
    try {
      M material = reading.material();
      report(Severity.WARNING, warnings.apply(material));
      return Optional.of(material);
    } catch (UnusableTls e) {
      report(Severity.ERROR, e.problems());
      return Optional.empty();
    }
  }

  private static Instant now() {
    return Instant.now();
  }

  private void report(Severity severity, List<TlsProblem> problems) {
    fields.forEach(
        (part, field) ->
            problems.stream()
                .filter(problem -> problem.part() == part)
                .forEach(problem -> field.reportValue(severity, problem.message())));
  }
}
