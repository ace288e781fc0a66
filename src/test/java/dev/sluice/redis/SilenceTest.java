package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SilenceTest {
  private final Silence silence = new Silence();

  @Test
  void timedOut_nothingWasAnsweredSince_begins() {
    silence.sent(at(1));

    assertThat(silence.timedOut(at(0), at(2_000))).isTrue();
    assertThat(silence.silent()).isTrue();
    assertThat(silence.timedOut(at(500), at(2_500))).as("a second one").isFalse();
  }

  @Test
  void timedOut_anotherCallWasAnsweredMeanwhile_isOnlySlow() {
    silence.sent(at(0));
    silence.answered(at(1_900), true);

    assertThat(silence.timedOut(at(0), at(2_000))).isFalse();
    assertThat(silence.silent()).isFalse();
  }

  @Test
  void timedOut_afterMillisecondsOnly_isNoSilenceYet() {
    silence.sent(at(0));

    assertThat(silence.timedOut(at(0), at(15))).isFalse();
    assertThat(silence.timedOut(at(90), at(105))).isTrue();
  }

  @Test
  void answered_anything_ends() {
    silence.sent(at(0));
    silence.timedOut(at(0), at(2_000));

    silence.answered(at(2_100), true);

    assertThat(silence.silent()).isFalse();
    assertThat(silence.timedOut(at(200), at(2_200))).as("asked before the answer").isFalse();
  }

  @Test
  void longerThan_countsFromTheCallThatWasNotAnswered() {
    silence.sent(at(0));
    silence.timedOut(at(0), at(2_000));

    assertThat(silence.longerThan(at(7_000), at(7_000))).isFalse();
    assertThat(silence.longerThan(at(7_000), at(7_001))).isTrue();
    silence.disconnected();
    assertThat(silence.longerThan(at(7_000), at(9_000))).isFalse();
  }

  @Test
  void sinceAnswer_neverAnswered_isForever() {
    assertThat(silence.sinceAnswer(at(5))).isEqualTo(Long.MAX_VALUE);
    silence.answered(at(5), false);
    assertThat(silence.sinceAnswer(at(9))).isEqualTo(at(4));
  }

  private static long at(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
