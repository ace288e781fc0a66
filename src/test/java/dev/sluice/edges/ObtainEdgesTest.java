package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script says when it cannot obtain a program; that it can, the build itself shows. */
final class ObtainEdgesTest {
  private record Ended(int code, String said) {}

  @Test
  void noMeansToGetIt_failsByName_andLeavesNothing(@TempDir Path folder) throws Exception {
    Ended ended = obtain(folder, "envoy");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.said())
        .contains("no envoy, and no python3", "install envoy", "or set SLUICE_ENVOY");
    assertThat(left(folder)).containsExactly("lock");
  }

  @Test
  void noMeansToBuildTheReference_failsByName_andLeavesNothing(@TempDir Path folder)
      throws Exception {
    Ended ended = obtain(folder, "ratelimit");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.said())
        .contains("no Go that can build it, and no python3", "install Go", "SLUICE_REFERENCE");
    assertThat(left(folder)).containsExactly("lock");
  }

  @Test
  void anotherRunWasKilled_whatItLeftIsRemoved(@TempDir Path folder) throws Exception {
    Path part = Files.createDirectories(cache(folder).resolve("part.1"));
    Files.writeString(part.resolve("envoy"), "half of it");

    obtain(folder, "envoy");

    assertThat(left(folder)).containsExactly("lock");
  }

  @Test
  void theCacheHasIt_isContentWithoutAWord(@TempDir Path folder) throws Exception {
    Path program = cache(folder).resolve("nginx/nginx");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "");
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(obtain(folder, "nginx")).isEqualTo(new Ended(0, ""));
  }

  @Test
  void unknownProgram_isAnError(@TempDir Path folder) throws Exception {
    assertThat(obtain(folder, "caddy").said())
        .contains("unknown: caddy. Expected nginx, envoy or ratelimit");
  }

  /** Runs it where there is little on the PATH, and a cache of its own. */
  private static Ended obtain(Path folder, String edge) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : List.of("sh", "mkdir", "rm", "tail", "flock")) {
      Path there =
          Stream.of("/bin", "/usr/bin")
              .map(directory -> Path.of(directory, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Path script = bin.resolve(tool);
      Files.writeString(script, "#!/bin/sh\nexec " + there + " \"$@\"\n");
      assertThat(script.toFile().setExecutable(true)).isTrue();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                bin.resolve("sh").toString(), Path.of("src/main/sh/obtain-edges").toString(), edge)
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  private static Path cache(Path folder) {
    return folder.resolve("cache/sluice/edges");
  }

  private static List<String> left(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(cache(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
