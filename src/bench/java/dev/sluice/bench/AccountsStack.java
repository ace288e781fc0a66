package dev.sluice.bench;

import dev.sluice.redis.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A Redis with accounts that were imported, and a Sluice on it, whose {@code ext_authz} is in full
 * mode and {@code /auth} in front mode.
 */
final class AccountsStack implements AutoCloseable {
  private final AccountsFile.Size size;
  private final Processes processes;
  private final EmbeddedRedis redis;
  private final List<UserKey> keys;
  private final Stored stored;
  private final EdgeSluice sluice;

  /**
   * What the import took, and what Redis keeps since.
   *
   * @param bytes of an organization with its project, of a user, of a key: all that is kept of it
   * @param audit bytes of the audit, all in all
   */
  record Stored(double importPerSecond, Map<String, Double> bytes, double audit, Export export) {}

  /**
   * What the export took.
   *
   * @param mebibytes that it had resident at most
   */
  record Export(double perSecond, long mebibytes) {}

  /** What is started is closed again when the next does not start. */
  AccountsStack(List<String> jvm, AccountsFile.Size size, List<String> exportJvm)
      throws IOException, InterruptedException {
    this.size = size;
    processes = new Processes(jvm);
    try {
      redis = processes.redis();
      Path folder = Files.createDirectory(processes.folder().resolve("commands"));
      Path configuration = EdgeSluice.configuration(folder, EdgeSetup.ACCOUNTS, redis.url());
      keys = new ArrayList<>();
      try (RedisClient client = RedisClient.create(redis.url())) {
        stored = fill(folder, configuration, client.connect().sync(), exportJvm);
      }
      sluice = EdgeSluice.start(processes, EdgeSetup.ACCOUNTS, redis.url());
      // In turn they are then as if drawn at random, none before all others had their turn.
      Collections.shuffle(keys, new Random(1));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Stored fill(
      Path folder, Path configuration, RedisCommands<String, String> plain, List<String> exportJvm)
      throws IOException, InterruptedException {
    AccountsFile file = new AccountsFile(size);
    Path organizations = folder.resolve("organizations.jsonl");
    Path users = folder.resolve("users.jsonl");
    Path keyFile = folder.resolve("keys.jsonl");
    file.organizations(organizations);
    file.users(users);
    keys.addAll(file.keys(keyFile, new Random(2)));

    Map<String, Double> bytes = new TreeMap<>();
    long nanos = 0;
    long before = used(plain);
    for (Map.Entry<String, Path> part :
        List.of(
            Map.entry("organization", organizations),
            Map.entry("user", users),
            Map.entry("key", keyFile))) {
      CommandRun run =
          CommandRun.of(
              folder.resolve("import.out"),
              Processes.LAUNCHER_FLAGS,
              "import",
              part.getValue().toString(),
              "--config",
              configuration.toString());
      nanos += run.time().toNanos();
      long after = used(plain);
      bytes.put(part.getKey(), (after - before) / (double) count(part.getKey()));
      before = after;
    }
    Path exported = folder.resolve("export.jsonl");
    CommandRun export =
        CommandRun.of(exported, exportJvm, "export", "--config", configuration.toString());
    long lines;
    try (var all = Files.lines(exported)) {
      lines = all.count();
    }
    if (lines != size.records()) {
      throw new BenchFailed("exported %d of %d records".formatted(lines, size.records()));
    }
    double audit = 0;
    for (int organization = 0; organization < size.organizations(); organization++) {
      audit += plain.memoryUsage("{org-" + organization + "}:audit");
    }
    return new Stored(
        size.records() * 1e9 / nanos,
        bytes,
        audit,
        new Export(export.perSecond(size.records()), export.mebibytes()));
  }

  private int count(String kind) {
    return switch (kind) {
      case "organization" -> size.organizations();
      case "user" -> size.users();
      default -> size.keys();
    };
  }

  private static long used(RedisCommands<String, String> plain) {
    return plain
        .info("memory")
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  AccountsFile.Size size() {
    return size;
  }

  Stored stored() {
    return stored;
  }

  EdgeTarget target() {
    return sluice.target(Optional.of(Processes.handle(redis)));
  }

  /** The URL of its metrics. */
  String metrics() {
    return sluice.metrics();
  }

  /** So many of the keys, or all that there are. */
  List<UserKey> keys(int most) {
    return List.copyOf(keys.subList(0, Math.min(most, keys.size())));
  }

  /** Ends everything. */
  @Override
  public void close() {
    processes.close();
  }
}
