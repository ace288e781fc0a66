package dev.sluice.config;

import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the files of a configuration of type {@code C}, on a thread of its own: they are read
 * again, all of them, when one has changed and then stood still from one look to the next.
 *
 * <p>By content, for neither the time of a file nor an event of its folder is to be relied on where
 * a volume is a symlink that is swapped, as those of Kubernetes are, or a share of a network.
 */
public final class ConfigurationWatch<C> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationWatch.class);

  /** Reads the files. Called on the watch's thread but for the first time; may block. */
  public interface Reader<C> {
    /**
     * Reads all of them.
     *
     * @param reads to be told each file or folder before it is read
     */
    C read(Consumer<Path> reads) throws InvalidConfiguration;
  }

  /** Who wants to know. Called on the watch's thread; may block. */
  public interface Follower<C> {
    /** The files have changed, and all is well. */
    void changed(C configuration);

    /** The files have changed, and cannot be used: what was in force stays so. */
    void refused(InvalidConfiguration why);
  }

  private final Reader<C> reader;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          run -> {
            Thread daemon = new Thread(run, "configuration-files");
            daemon.setDaemon(true);
            return daemon;
          });

  /** The files that were read last, as they were just before. */
  private Map<Path, Fingerprint> judged = Map.of();

  private Map<Path, Fingerprint> seen = Map.of();

  public ConfigurationWatch(Reader<C> reader) {
    this.reader = reader;
  }

  /** Over {@code sluice.yaml} and the files that it names. */
  public static ConfigurationWatch<Configuration> of(
      Path sluiceYaml, Map<String, String> environment) {
    Map<String, String> variables = Map.copyOf(environment);
    return new ConfigurationWatch<>(reads -> Configuration.load(sluiceYaml, variables, reads));
  }

  /** Over a directory of descriptor rules. */
  public static ConfigurationWatch<LoadedRules> of(RuleFiles files) {
    return new ConfigurationWatch<>(
        reads -> {
          reads.accept(files.directory());
          return RulesReader.load(List.of(files));
        });
  }

  /** Reads the files for the first time; later ones follow from here. Blocks. */
  public synchronized C load() throws InvalidConfiguration {
    Map<Path, Fingerprint> reads = new TreeMap<>();
    try {
      // Taken before each is read: what is written between the two must be seen as a change.
      return reader.read(file -> reads.put(file, Fingerprint.of(file)));
    } finally {
      // Also when they cannot be used: a file that is named now must be followed from now on.
      judged = reads;
    }
  }

  /**
   * Begins to look.
   *
   * @param interval from the end of a look to the next
   */
  public void follow(Follower<C> follower, Duration interval) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> safely(follower),
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void safely(Follower<C> follower) {
    try {
      look(follower);
    } catch (RuntimeException e) {
      // Else the looks would end without a word.
      log.error("the files of the configuration could not be followed", e);
    }
  }

  /** One look; blocks. */
  synchronized void look(Follower<C> follower) {
    Map<Path, Fingerprint> now = new TreeMap<>();
    judged.keySet().forEach(file -> now.put(file, Fingerprint.of(file)));
    boolean still = now.equals(seen);
    seen = now;
    if (still && !now.equals(judged)) {
      try {
        follower.changed(load());
      } catch (InvalidConfiguration e) {
        follower.refused(e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
