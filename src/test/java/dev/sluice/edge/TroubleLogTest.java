package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.LogLines;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TroubleLogTest {
  private final LogLines log = LogLines.all(TroubleLog.class);
  private long now;
  private final TroubleLog troubles = new TroubleLog(() -> now);

  @AfterEach
  void close() {
    log.close();
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void deploymentThatIsLost_isSaidOnceAndWhenItAnswersAgain() {
    troubles.answered("one");
    for (int i = 0; i < 100; i++) {
      troubles.lost("one", "cannot be reached: connection refused");
      pass(10);
    }
    troubles.answered("one");
    troubles.answered("one");

    assertThat(log.lines())
        .containsExactly(
            "deployment one cannot be reached: connection refused", "deployment one answers again");
  }

  @Test
  void deploymentThatComesAndGoes_isSaidOnceAMinute() {
    for (int i = 0; i < 120; i++) {
      troubles.lost("one", "does not answer in time");
      troubles.answered("one");
      pass(1);
    }

    assertThat(log.lines()).hasSize(4);
  }

  @Test
  void deploymentThatStaysLostAfterALineWasHeldBack_isSaidLater() {
    troubles.lost("one", "does not answer in time");
    troubles.answered("one");
    pass(1);
    troubles.lost("one", "does not answer in time");
    assertThat(log.lines()).hasSize(2);
    pass(60);
    troubles.lost("one", "does not answer in time");

    assertThat(log.lines()).hasSize(3);
  }

  @Test
  void fullQueue_isOverWhenNobodyWasTurnedAwayForAWhile() {
    for (int i = 0; i < 30; i++) {
      troubles.turnedAway("m", "web", "5 of 5 places are taken");
      troubles.served("m", "web");
      troubles.served("m", "free");
      pass(1);
    }
    assertThat(log.lines())
        .containsExactly("the queue of m for QoS web turns requests away: 5 of 5 places are taken");

    pass(10);
    troubles.served("m", "web");

    assertThat(log.lines())
        .hasSize(2)
        .last()
        .isEqualTo("the queue of m for QoS web turns nobody away any more");
  }
}
