package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The line of each decision. */
final class DecisionLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice.decision");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void record_modelThatAClientMadeUp_isOneHarmlessLine() {
    new DecisionLog("gateway", new Metrics(), () -> new Catalog(Map.of(), Map.of()))
        .record("r-1", Optional.empty(), "a\nrequest=r-2\u001B[31m\u202E", "model_not_found");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "request=r-1 decision=model_not_found tier=none"
                + " model=a\uFFFDrequest=r-2\uFFFD[31m\uFFFD caller=- key=- would_refuse=-");
  }

  @Test
  void record_whatLimitsInShadowWouldHaveRefused_isInTheLineAndCounted() {
    Metrics metrics = new Metrics();
    new DecisionLog("gateway", metrics, () -> new Catalog(Map.of(), Map.of()))
        .record("r-1", Optional.empty(), "m", "admitted", Optional.of("rate_limit_exceeded"));

    assertThat(lines.list.get(0).getFormattedMessage())
        .startsWith("request=r-1 decision=admitted")
        .endsWith("would_refuse=rate_limit_exceeded");
    assertThat(
            metrics
                .registry()
                .getSampleValue(
                    "sluice_would_refuse_total",
                    new String[] {"door", "tier", "model", "reason"},
                    new String[] {"gateway", "none", "other", "rate_limit_exceeded"}))
        .isEqualTo(1.0);
  }
}
