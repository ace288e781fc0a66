package dev.sluice.edge.decisions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that lines are appended to. When it was moved away, as logrotate does, or could not be
 * written, it is opened anew with the next lines.
 */
public final class AppendedFile implements LineSink {
  private static final byte[] END = {'\n'};

  private final Path path;
  private Optional<Opened> opened;

  /** What is written to, and which file that is, whatever its name has become. */
  private record Opened(FileChannel channel, Optional<Object> identity) {}

  /**
   * Opens it, and makes it when there is none.
   *
   * @throws IOException when it cannot be written
   */
  public AppendedFile(Path path) throws IOException {
    this.path = path;
    this.opened = Optional.of(open());
  }

  @Override
  public void write(byte[] lines) throws IOException {
    if (opened.isPresent() && !opened.get().identity().equals(identity())) {
      close();
    }
    if (opened.isEmpty()) {
      opened = Optional.of(open());
    }
    try {
      write(opened.get().channel(), lines);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Opened open() throws IOException {
    boolean cut = endsWithinALine();
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try {
      if (cut) {
        write(channel, END);
      }
      return new Opened(channel, identity());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** As it does when its writer died, or the disk was full, in the middle of one. */
  private boolean endsWithinALine() throws IOException {
    if (!Files.isRegularFile(path) || Files.size(path) == 0) {
      return false;
    }
    try (FileChannel before = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      before.read(last, before.size() - 1);
      return last.get(0) != '\n';
    }
  }

  /** Empty when there is no such file. */
  private Optional<Object> identity() throws IOException {
    try {
      return Optional.of(
          Objects.requireNonNullElse(
              Files.readAttributes(path, BasicFileAttributes.class).fileKey(), path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
      channel.write(rest);
    }
  }

  @Override
  public void close() {
    Optional<Opened> before = opened;
    opened = Optional.empty();
    try {
      if (before.isPresent()) {
        before.get().channel().close();
      }
    } catch (IOException e) {
      // What was written was written; what follows goes to another file.
    }
  }
}
