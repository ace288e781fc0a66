package dev.sluice.ratelimit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The files of a directory and of those below it, through symlinks.
 *
 * @param ignoreDotFiles whether to leave out what begins with a dot, as {@code ..data} of a
 *     Kubernetes volume does
 */
public record DirectoryFiles(Path directory, boolean ignoreDotFiles) {

  /** In the order of their names, so that several files mean the same everywhere. Blocks. */
  public List<Path> list() throws IOException {
    try (Stream<Path> below = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      return below
          .filter(Files::isRegularFile)
          .filter(file -> !ignoreDotFiles || !isDotted(file))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private boolean isDotted(Path file) {
    return StreamSupport.stream(directory.relativize(file).spliterator(), false)
        .anyMatch(part -> part.toString().startsWith("."));
  }
}
