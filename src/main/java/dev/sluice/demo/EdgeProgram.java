package dev.sluice.demo;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The proxies that Sluice works for, as programs of this machine. */
public enum EdgeProgram {
  NGINX("SLUICE_NGINX", "nginx"),
  ENVOY("SLUICE_ENVOY", "envoy-1.40.0");

  /** Fills the cache; it looks at the same places as {@link #find}. */
  private static final String OBTAIN = "src/main/sh/obtain-edges";

  private final String variable;
  private final String cacheFolder;

  EdgeProgram(String variable, String cacheFolder) {
    this.variable = variable;
    this.cacheFolder = cacheFolder;
  }

  /**
   * The program: what the environment names, else the one on the PATH, else the one in the cache.
   *
   * @throws IllegalStateException when there is none, with how to get it
   */
  public Path find(Map<String, String> environment) {
    String named = environment.getOrDefault(variable, "");
    if (!named.isEmpty()) {
      return executable(Path.of(named))
          .orElseThrow(() -> new IllegalStateException(variable + "=" + named + " is no program"));
    }
    return candidates(environment).stream()
        .flatMap(candidate -> executable(candidate).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "%s is not installed: run %s %s, or install it, or set %s"
                        .formatted(this, OBTAIN, this, variable)));
  }

  private List<Path> candidates(Map<String, String> environment) {
    List<Path> candidates = new ArrayList<>();
    Pattern.compile(File.pathSeparator)
        .splitAsStream(environment.getOrDefault("PATH", ""))
        .filter(folder -> !folder.isEmpty())
        .forEach(folder -> candidates.add(Path.of(folder, toString())));
    if (this == NGINX) {
      // Where Debian has it, and only root's PATH leads.
      candidates.add(Path.of("/usr/sbin/nginx"));
    }
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (!cache.isEmpty() || !home.isEmpty()) {
      Path root = cache.isEmpty() ? Path.of(home, ".cache") : Path.of(cache);
      candidates.add(root.resolve("sluice/edges").resolve(cacheFolder).resolve(toString()));
    }
    return candidates;
  }

  private static Optional<Path> executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file)
        ? Optional.of(file.toAbsolutePath())
        : Optional.empty();
  }

  /** What it is called on a command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
