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
 * <p>What begins with two dots is never among them: in a Kubernetes volume {@code ..data} and the
 * directory that it points to hold the files a second and a third time.
 *
 * @param ignoreDotFiles whether to leave out what begins with one dot, too
 */
public record DirectoryFiles(Path directory, boolean ignoreDotFiles) {

  /** In the order of their names, so that several files mean the same everywhere. Blocks. */
  public List<Path> list() throws IOException {
    try (Stream<Path> below = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      return below.filter(Files::isRegularFile).filter(file -> !isLeftOut(file)).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private boolean isLeftOut(Path file) {
    String prefix = ignoreDotFiles ? "." : "..";
    return StreamSupport.stream(directory.relativize(file).spliterator(), false)
        .anyMatch(part -> part.toString().startsWith(prefix));
  }
}
