package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.policy.OutagePolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When decisions are said to be made without the store. */
final class OutageTest {
  private long now;
  private final ToldMetrics metrics = new ToldMetrics();
  private final Outage outage = new Outage(OutagePolicy.DEFAULT, () -> 3, metrics, () -> now);

  @Test
  void failed_manyTimes_beginsOnce() {
    outage.failed();
    outage.failed();

    assertThat(outage.present()).isTrue();
    assertThat(metrics.told).containsExactly("without");
  }

  @Test
  void answered_aSecondAfterTheLastFailure_isOver() {
    outage.failed();
    pass(5_000);
    outage.failed();
    pass(999);
    assertThat(outage.answered(0)).isFalse();
    pass(1);
    assertThat(outage.answered(0)).isTrue();
    assertThat(outage.answered(0)).as("again").isFalse();

    assertThat(metrics.told).containsExactly("without", "with");
  }

  @Test
  void answered_holdsAreStillToBeAdopted_isNotOverUnlessThatLasts() {
    outage.failed();
    pass(29_999);
    assertThat(outage.answered(1)).isFalse();
    pass(1);
    assertThat(outage.answered(1)).isTrue();
  }

  @Test
  void decided_isCountedByOutcome() {
    outage.failed();
    outage.decided(
        new Decision.Refused(new Refusal.StoreUnavailable(), Optional.empty(), List.of()));
    outage.decided(
        new Decision.Refused(new Refusal.ModelNotFound("none"), Optional.empty(), List.of()));
    outage.decided(new Authentication.Rejected(new Refusal.StoreUnavailable(), Optional.empty()));

    assertThat(metrics.told).containsExactly("without", "unavailable", "refused", "unavailable");
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
