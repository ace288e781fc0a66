package dev.sluice.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What a class logs, from warnings on or from information on, while this is open. */
public final class LogLines implements AutoCloseable {
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Logger logger;
  private final Level least;
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel().isGreaterOrEqual(least)) {
            lines.add(event.getFormattedMessage());
          }
        }
      };

  private LogLines(String source, Level least) {
    this.logger = (Logger) LoggerFactory.getLogger(source);
    this.least = least;
    appender.start();
    logger.addAppender(appender);
  }

  /** Its warnings and errors. */
  public static LogLines warnings(Class<?> source) {
    return new LogLines(source.getName(), Level.WARN);
  }

  /** Those of a package, or of a class that only its package knows. */
  public static LogLines warnings(String source) {
    return new LogLines(source, Level.WARN);
  }

  /** Its information too. */
  public static LogLines all(Class<?> source) {
    return new LogLines(source.getName(), Level.INFO);
  }

  /** Without their levels and times, the oldest first. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
