package dev.sluice.redis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * That nobody else starts a Redis on a folder: two on one append-only file would destroy it.
 *
 * <p>The lock of a file ends with its process. A Redis that outlives the process for a moment, as
 * it still writes, is known by its own file with its process id.
 */
final class DataLock implements AutoCloseable {
  /** The last one may still be stopping. */
  private static final Duration RELEASE = Duration.ofSeconds(3);

  private static final long LOOK_MILLIS = 20;

  private final FileChannel file;

  private DataLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the folder, which it makes if it is not there. Blocks for three seconds at most.
   *
   * @throws IllegalStateException when somebody else uses it, or it cannot be used
   */
  static DataLock take(Path data) {
    try {
      Files.createDirectories(data);
      FileChannel file =
          FileChannel.open(lockFile(data), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        await(data, file);
        return new DataLock(file);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot use " + data + " for the data of Redis: " + e, e);
    }
  }

  private static void await(Path data, FileChannel file) throws IOException {
    long deadline = System.nanoTime() + RELEASE.toNanos();
    boolean locked = lock(file) != null;
    while (!locked || used(data)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "another Redis uses %s, as %s says"
                .formatted(data, used(data) ? pidFile(data) : "the lock of " + lockFile(data)));
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      locked = locked || lock(file) != null;
    }
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another part of this process has it.
      return null;
    }
  }

  /** Whether a redis-server runs on this folder. */
  static boolean used(Path data) throws IOException {
    Path pidFile = pidFile(data);
    if (!Files.exists(pidFile)) {
      return false;
    }
    String pid = Files.readString(pidFile).strip();
    return pid.matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(pid))
            .flatMap(process -> process.info().command())
            .filter(command -> command.contains("redis-server"))
            .isPresent();
  }

  /** Which Redis writes when it starts, and removes when it ends well. */
  static Path pidFile(Path data) {
    return data.toAbsolutePath().resolve("redis.pid");
  }

  private static Path lockFile(Path data) {
    return data.toAbsolutePath().resolve("redis.lock");
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      // It is released with the process at the latest.
    }
  }
}
