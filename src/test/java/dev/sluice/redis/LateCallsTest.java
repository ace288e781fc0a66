package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LateCallsTest {
  private static final long TIMEOUT = 15;

  private final LateCalls calls = new LateCalls();

  @Test
  void oneLateCall_isNoOutage() {
    assertThat(lateAt(0)).isFalse();
  }

  @Test
  void manyInOnePause_areNoOutage() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(lateAt(i % 100)).isFalse();
    }
  }

  @Test
  void oneNowAndThen_isNoOutage_howeverLongItGoesOn() {
    for (int seconds = 0; seconds < 3_600; seconds += 2) {
      assertThat(lateAt(seconds * 1_000L)).isFalse();
    }
  }

  @Test
  void aFewAmongMany_areNoOutage_howeverLongTheyComeFor() {
    for (int i = 0; i < 600; i++) {
      for (int answered = 0; answered < 20; answered++) {
        calls.answered();
      }
      assertThat(lateAt(100L * i)).isFalse();
    }
  }

  @Test
  void nothingElseForASecond_isAnOutage() {
    for (int millis = 0; millis < 900; millis += 100) {
      assertThat(lateAt(millis)).isFalse();
    }
    assertThat(lateAt(1_000)).isTrue();
    assertThat(calls.slow()).isFalse();
  }

  @Test
  void aPartOfAllForASecond_asWhenOneNodeOfAClusterIsGone_isAnOutage() {
    boolean outage = false;
    for (int millis = 0; millis <= 1_000; millis += 100) {
      for (int answered = 0; answered < 5; answered++) {
        calls.answered();
      }
      outage = lateAt(millis);
    }
    assertThat(outage).isTrue();
  }

  @Test
  void anOutageAfterALongTimeOfAFewLateOnes_isOneWithinTwoSeconds() {
    aFewAmongMany_areNoOutage_howeverLongTheyComeFor();
    boolean outage = false;
    for (int millis = 60_000; millis <= 62_000; millis += 100) {
      outage = lateAt(millis);
    }
    assertThat(outage).isTrue();
  }

  @Test
  void aLongDeadline_isAnOutageAtTheThird() {
    long deadline = 2_000;
    assertThat(calls.late(at(0), at(deadline))).isFalse();
    assertThat(calls.late(at(10), at(10 + deadline))).isFalse();
    assertThat(calls.late(at(20), at(20 + deadline))).isTrue();
  }

  @Test
  void answeredAfterAll_isSlow() {
    for (int millis = 0; millis < 1_000; millis += 100) {
      lateAt(millis);
      calls.answeredLate();
    }
    assertThat(lateAt(1_000)).isTrue();
    assertThat(calls.slow()).isTrue();
  }

  private boolean lateAt(long millis) {
    return calls.late(at(millis - TIMEOUT), at(millis));
  }

  private static long at(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
