package dev.sluice.tls;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files now and then, on a thread of its own: a file system may be slow.
 *
 * <p>By content, for neither the time of a file nor an event of its folder is to be relied on where
 * a volume is a symlink that is swapped, or a share of a network.
 */
public final class TlsWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TlsWatch.class);

  /** Who uses files. */
  public interface Watched {
    /** Takes what is new in them. Called by one thread; may block; its name is for the log. */
    void look();
  }

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("tls-files", true));

  /**
   * Begins.
   *
   * @param interval from the end of a look to the next
   */
  public TlsWatch(List<? extends Watched> users, Duration interval) {
    List<Watched> watched = List.copyOf(users);
    var unused =
        thread.scheduleWithFixedDelay(
            () -> watched.forEach(TlsWatch::look),
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void look(Watched user) {
    try {
      user.look();
    } catch (RuntimeException e) {
      // Else the looks would end without a word.
      log.error("{}: the files could not be looked at", user, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
