package dev.sluice.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * A redis-server that runs on this machine: the one in the jar, else the one on the PATH.
 *
 * @param path absolute, or a name that the PATH finds
 */
record RedisBinary(String path, String version, String origin) {
  private static final Pattern VERSION = Pattern.compile("Redis server v=(\\S+)");

  static RedisBinary find() {
    String reason;
    try {
      String unpacked = unpacked().toString();
      Optional<String> version = version(unpacked);
      if (version.isPresent()) {
        return new RedisBinary(unpacked, version.get(), "embedded-redis");
      }
      reason = unpacked + " does not run here";
    } catch (IOException | RuntimeException e) {
      reason = String.valueOf(e.getMessage());
    }
    String onPath = "redis-server";
    String why = reason;
    return version(onPath)
        .map(version -> new RedisBinary(onPath, version, "PATH, because " + why))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no redis-server: none on the PATH, and of embedded-redis: " + why));
  }

  private static Optional<String> version(String path) {
    try {
      Process process =
          new ProcessBuilder(path, "--version")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
              .start();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher version = VERSION.matcher(said);
      return process.exitValue() == 0 && version.find()
          ? Optional.of(version.group(1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Unpacked once for each user, and shared by all who start it: it does not pile up. */
  private static Path unpacked() throws IOException {
    String resource =
        ExecutableProvider.newProvidedVersionsMap().get(OsArchitecture.detectOSandArchitecture());
    if (resource == null) {
      throw new IOException("it has none for this machine");
    }
    Path directory = privateDirectory();
    Path target = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream in =
        RedisBinary.class.getResourceAsStream(
            resource.startsWith("/") ? resource : "/" + resource)) {
      if (in == null) {
        throw new IOException(resource + " is not on the class path");
      }
      if (Files.isExecutable(target)) {
        return target;
      }
      // Moved in place whole: another process may be starting it at this moment.
      Path part = Files.createTempFile(directory, "redis-server", ".part");
      try {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      return target;
    }
  }

  /** Nobody else may write there: what lies in it is executed. */
  private static Path privateDirectory() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Path directory = temporary.resolve("sluice-redis-" + System.getProperty("user.name"));
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another process was faster.
      }
    }
    Path mine = Files.createTempFile(temporary, "sluice-redis", ".owner");
    try {
      boolean ours =
          Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
              && Files.getOwner(directory).equals(Files.getOwner(mine))
              && Files.getPosixFilePermissions(directory).equals(ownerOnly);
      if (!ours) {
        throw new IOException(directory + " must belong to this user alone");
      }
    } finally {
      Files.delete(mine);
    }
    return directory;
  }
}
