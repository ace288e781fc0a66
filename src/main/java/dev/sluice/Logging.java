package dev.sluice;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.sluice.config.SluiceConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The log: lines on standard error, for people or as JSON. */
final class Logging {
  private Logging() {}

  /** Takes in what libraries log through java.util.logging; the first thing that a process does. */
  static void bridge() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /** For commands that answer by themselves: what goes well is not worth a line. */
  static void onlyTrouble() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("dev.sluice").setLevel(Level.WARN);
  }

  /** Replaces what logback.xml set for the time until the configuration was read. */
  static void configure(SluiceConfig.Log settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    context.getLogger("dev.sluice").setLevel(Level.valueOf(settings.level().name()));
    if (settings.format() == SluiceConfig.Log.Format.TEXT) {
      return;
    }
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithArguments(false);
    encoder.setWithMDC(false);
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
  }
}
