package dev.sluice.edge.decisions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.metrics.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The decision log, beside those who decide. */
final class DecisionLinesTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Metrics metrics = new Metrics();
  private final Queue<String> written = new ConcurrentLinkedQueue<>();
  private final LineSink good = lines -> new String(lines, UTF_8).lines().forEach(written::add);
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void release() {
    released.countDown();
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0, 0", "0.01, 0.0099, 1", "0.01, 0.01, 0", "1, 0.999999, 1"})
  void take_requestThatWasLetPass_isWrittenByItsShare(double sample, double random, int lines) {
    DecisionLines log = new DecisionLines(good, sample, 10, () -> random, metrics);
    log.start();

    log.take(Samples.admitted("let-pass"));
    log.stop(LONG);

    assertThat(written).hasSize(lines);
  }

  @Test
  void take_refusals_areAllWritten() {
    DecisionLines log = new DecisionLines(good, 0, 1000, () -> 0.5, metrics);
    log.start();

    for (int i = 0; i < 1000; i++) {
      log.take(Samples.refused("r-" + i));
    }
    log.stop(LONG);

    assertThat(written).hasSize(1000).first().asString().contains("\"requestId\":\"r-0\"");
    assertThat(value("sluice_decision_log_lines_total")).isEqualTo(1000);
    assertThat(value("sluice_decision_log_dropped_total")).isZero();
  }

  @Test
  void take_queueIsFull_dropsAndCountsAndDoesNotWait() {
    DecisionLines log = new DecisionLines(lines -> hang(), 0, 3, () -> 0.5, metrics);
    log.start();
    log.take(Samples.refused("under-way"));
    await().until(() -> released.getCount() == 1 && hanging.get());

    for (int i = 0; i < 10; i++) {
      log.take(Samples.refused("r-" + i));
    }

    assertThat(value("sluice_decision_log_dropped_total")).isEqualTo(7);
  }

  @Test
  void write_sinkThatFails_isSaidOnceAndDropsUntilItWorksAgain() {
    AtomicBoolean broken = new AtomicBoolean(true);
    DecisionLines log =
        new DecisionLines(
            lines -> {
              if (broken.get()) {
                throw new IOException("no space left");
              }
              good.write(lines);
            },
            0,
            10,
            () -> 0.5,
            metrics);
    Logger logger = (Logger) LoggerFactory.getLogger(DecisionLines.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      log.start();
      for (int i = 1; i <= 3; i++) {
        int dropped = i;
        log.take(Samples.refused("dropped-" + i));
        await().until(() -> value("sluice_decision_log_dropped_total") == dropped);
      }
      broken.set(false);
      log.take(Samples.refused("written"));
      log.stop(LONG);
    } finally {
      logger.detachAppender(said);
    }

    assertThat(List.copyOf(said.list))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the decision log cannot be written: java.io.IOException: no space left; its lines are"
                + " dropped until it can",
            "the decision log is written again");
    assertThat(written).singleElement().asString().contains("\"written\"");
  }

  private final AtomicBoolean hanging = new AtomicBoolean();

  private void hang() throws IOException {
    hanging.set(true);
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private double value(String metric) {
    return metrics.registry().getSampleValue(metric);
  }
}
