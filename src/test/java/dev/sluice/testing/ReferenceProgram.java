package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The real envoyproxy/ratelimit, as a program of this machine. */
final class ReferenceProgram {
  /** Builds it into the cache, and says which version. */
  private static final Path OBTAIN = Path.of("src/main/sh/obtain-edges");

  private ReferenceProgram() {}

  /**
   * What {@code SLUICE_REFERENCE} names, else what is in the cache.
   *
   * @throws IllegalStateException when there is none, with how to get it
   */
  static Path find(Map<String, String> environment) {
    String named = environment.getOrDefault("SLUICE_REFERENCE", "");
    String home = environment.getOrDefault("HOME", "");
    String cache = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    Path program =
        named.isEmpty()
            ? Path.of(cache, "sluice/edges", "ratelimit-" + version(), "ratelimit")
            : Path.of(named);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(
          "there is no envoyproxy/ratelimit at " + program + ": run " + OBTAIN + " ratelimit");
    }
    return program.toAbsolutePath();
  }

  /** As Go names a commit that is no release. */
  static String version() {
    try {
      return Files.readAllLines(OBTAIN).stream()
          .filter(line -> line.startsWith("RATELIMIT_VERSION="))
          .map(line -> line.substring("RATELIMIT_VERSION=".length()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
