package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.Outage.Answer;
import dev.sluice.bench.Outage.Kind;
import dev.sluice.bench.Outage.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {
  private static final long MILLI = 1_000_000;
  private static final long STOPPED = 1_000 * MILLI;
  private static final long CONTINUED = 2_000 * MILLI;

  private final List<Answer> answers = new ArrayList<>();

  private void answer(long dueMillis, long millis, Kind kind) {
    answers.add(new Answer(dueMillis * MILLI, millis * MILLI, kind));
  }

  private Outage outage(long countedByRedis) {
    return new Outage(
        "it", answers, STOPPED, CONTINUED, countedByRedis, new Outage.Memory(0, 0, 0));
  }

  @Test
  void anAnswerBelongsToWhenItsRequestWasDue_howeverLateItComes() {
    answer(999, 5_000, Kind.COUNTED);
    answer(1_000, 5_000, Kind.PASSED_UNCOUNTED);
    answer(1_999, 1, Kind.ERROR);
    answer(2_000, 1, Kind.COUNTED);

    Outage outage = outage(2);

    assertThat(outage.count(Phase.BEFORE, Kind.COUNTED)).isEqualTo(1);
    assertThat(outage.count(Phase.STOPPED, Kind.PASSED_UNCOUNTED)).isEqualTo(1);
    assertThat(outage.count(Phase.STOPPED, Kind.ERROR)).isEqualTo(1);
    assertThat(outage.count(Phase.AFTER, Kind.COUNTED)).isEqualTo(1);
    assertThat(outage.latencies(Phase.STOPPED).percentile(100)).isEqualTo(5_000_000);
  }

  @Test
  void allIsNormalWithTheFirstTenthOfASecondThatHasNoMoreErrorsNorLateAnswers() {
    answer(2_050, 1, Kind.ERROR);
    answer(2_150, 101, Kind.COUNTED);
    answer(2_250, 100, Kind.COUNTED);
    answer(2_350, 1, Kind.ERROR);

    assertThat(outage(2).untilNormal()).hasValue(Duration.ofMillis(200));
  }

  @Test
  void withoutAnAnswerInTimeNothingIsNormal() {
    answer(1_999, 1, Kind.COUNTED);
    answer(2_050, 1, Kind.PASSED_UNCOUNTED);

    assertThat(outage(1).untilNormal()).isEmpty();
  }

  @Test
  void moreHitsThanRequests_areCountedTwice() {
    answer(500, 1, Kind.COUNTED);
    answer(1_500, 1, Kind.ERROR);

    assertThat(outage(2).countedTwiceAtLeast()).isZero();
    assertThat(outage(5).countedTwiceAtLeast()).isEqualTo(3);
    assertThat(outage(5).answeredAsCounted()).isEqualTo(1);
  }
}
