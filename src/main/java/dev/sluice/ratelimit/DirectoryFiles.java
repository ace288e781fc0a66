package dev.sluice.ratelimit;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a directory and of those below it, through symlinks.
 *
 * <p>What begins with two dots is never among them: in a Kubernetes volume {@code ..data} and the
 * directory that it points to hold the files a second and a third time.
 *
 * @param ignoreDotFiles whether to leave out what begins with one dot, too
 */
public record DirectoryFiles(Path directory, boolean ignoreDotFiles) {
  /**
   * What is in a directory.
   *
   * @param files in the order of their names, so that several files mean the same everywhere
   * @param unreadable by path: what cannot be read, and why
   */
  public record Listing(List<Path> files, Map<Path, Unreadable> unreadable) {
    public Listing {
      files = List.copyOf(files);
    }
  }

  /**
   * Why something cannot be read.
   *
   * @param link whether it is a link that leads to no file
   */
  public record Unreadable(String why, boolean link) {}

  /**
   * Lists them. Blocks.
   *
   * @throws IOException when the directory itself cannot be read
   */
  public Listing list() throws IOException {
    List<Path> files = new ArrayList<>();
    Map<Path, Unreadable> unreadable = new TreeMap<>();
    Files.walkFileTree(
        directory,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
            return ignored(below) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !ignored(file)) {
              files.add(file);
            } else if (attributes.isSymbolicLink() && !ignored(file)) {
              unreadable.put(file, new Unreadable(whyOfLink(file), true));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (file.equals(directory)) {
              throw failure;
            }
            if (!ignored(file)) {
              boolean link = failure instanceof FileSystemLoopException;
              unreadable.put(file, new Unreadable(why(failure), link));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new Listing(files.stream().sorted().toList(), unreadable);
  }

  /** In words why a file or directory cannot be read. */
  public static String why(IOException failure) {
    if (failure instanceof FileSystemLoopException) {
      return "the link leads back to a directory that it is in";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return String.valueOf(failure.getMessage());
  }

  private static String whyOfLink(Path link) {
    try {
      return "the link points to " + link.toRealPath() + ", which cannot be read";
    } catch (NoSuchFileException e) {
      return "the link points to nothing";
    } catch (IOException e) {
      return "the link does not lead to a file: " + e.getMessage();
    }
  }

  private boolean ignored(Path file) {
    String prefix = ignoreDotFiles ? "." : "..";
    return !file.equals(directory) && file.getFileName().toString().startsWith(prefix);
  }
}
