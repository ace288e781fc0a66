package dev.sluice.edge.decisions;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.admission.Refusal;
import dev.sluice.admission.RefusalStore;
import dev.sluice.metrics.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Refusals on their way to the store. */
final class KeptRefusalsTest {
  private final Metrics metrics = new Metrics();
  private final List<RefusalStore.Kept> kept = Collections.synchronizedList(new ArrayList<>());

  /** As the test wants it. */
  private volatile CompletionStage<Void> answer = completedFuture(null);

  private final KeptRefusals refusals =
      new KeptRefusals(
          new RefusalStore() {
            @Override
            public CompletionStage<Void> keep(List<Kept> some) {
              assertThat(some).hasSizeLessThanOrEqualTo(MOST);
              kept.addAll(some);
              return answer;
            }

            @Override
            public CompletionStage<List<String>> of(String requestId) {
              throw new UnsupportedOperationException();
            }
          },
          200,
          metrics);

  @Test
  void take_refusals_areKeptAndOthersAreNot() {
    for (int i = 0; i < 120; i++) {
      refusals.take(Samples.refused("r-" + i));
      refusals.take(Samples.admitted("a-" + i));
    }
    refusals.start();
    refusals.stop(Duration.ofMinutes(1));

    assertThat(kept)
        .hasSize(120)
        .allMatch(RefusalStore.Kept::ofCaller)
        .allMatch(one -> one.json().contains("\"requestId\":\"" + one.requestId() + "\""));
    assertThat(value("sluice_refusals_kept_total")).isEqualTo(120);
  }

  @Test
  void take_refusalOfAStranger_isMarkedSo() {
    refusals.start();
    refusals.take(Samples.refused("r", new Refusal.NoKey(), Optional.empty(), "small"));
    refusals.stop(Duration.ofMinutes(1));

    assertThat(kept).singleElement().matches(one -> !one.ofCaller());
  }

  @Test
  void take_storeThatFails_dropsAndCounts() {
    answer = failedFuture(new IllegalStateException("away"));
    refusals.start();
    refusals.take(Samples.refused("r-1"));

    await().until(() -> value("sluice_refusals_dropped_total") == 1);
    answer = completedFuture(null);
    refusals.take(Samples.refused("r-2"));
    await().until(() -> value("sluice_refusals_kept_total") == 1);
  }

  @Test
  void take_storeThatDoesNotAnswer_dropsWhatFindsNoRoom() {
    CompletableFuture<Void> silent = new CompletableFuture<>();
    answer = silent;
    refusals.start();
    refusals.take(Samples.refused("under-way"));
    await().until(() -> kept.size() == 1);

    for (int i = 0; i < 230; i++) {
      refusals.take(Samples.refused("r-" + i));
    }

    assertThat(value("sluice_refusals_dropped_total")).isEqualTo(30);
    silent.complete(null);
  }

  private double value(String metric) {
    return metrics.registry().getSampleValue(metric);
  }
}
