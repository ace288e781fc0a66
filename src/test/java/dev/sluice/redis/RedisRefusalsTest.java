package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.RefusalStore;
import dev.sluice.admission.RefusalStore.Kept;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The refusals that are kept, in a real Redis. */
final class RedisRefusalsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final String id = "req-" + UUID.randomUUID();

  @BeforeEach
  void forgetThoseOfOtherTests() {
    Store.STANDALONE.commands().del("{sluice:refusals}:callers", "{sluice:refusals}:strangers");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void of_requestThatWasRefused_isWhatWasKept(Store store) {
    RefusalStore refusals = refusals(store, 1000);

    keep(refusals, caller(id, "{\"n\":1}"), stranger(id + ":x/=", "{\"n\":2}"));

    assertThat(of(refusals, id)).containsExactly("{\"n\":1}");
    assertThat(of(refusals, id + ":x/=")).containsExactly("{\"n\":2}");
    assertThat(of(refusals, "another")).isEmpty();
    assertThat(store.commands().pttl("{sluice:refusals}:of-callers:" + id))
        .isPositive()
        .isLessThanOrEqualTo(HOUR.toMillis());
    assertThat(store.commands().pttl("{sluice:refusals}:callers"))
        .isPositive()
        .isLessThanOrEqualTo(HOUR.toMillis());
  }

  @Test
  void keep_oneIdAgainAndAgain_hasTheLastFive() {
    RefusalStore refusals = refusals(Store.STANDALONE, 1000);

    IntStream.range(0, 7).forEach(i -> keep(refusals, caller(id, "{\"n\":" + i + "}")));

    assertThat(of(refusals, id))
        .containsExactly("{\"n\":6}", "{\"n\":5}", "{\"n\":4}", "{\"n\":3}", "{\"n\":2}");
  }

  @Test
  void keep_oneIdWithLongLines_isBoundedInBytes() {
    RefusalStore refusals = refusals(Store.STANDALONE, 1000);

    IntStream.range(0, 5).forEach(i -> keep(refusals, caller(id, i + "x".repeat(3000))));

    assertThat(of(refusals, id)).extracting(line -> line.charAt(0)).containsExactly('4', '3');
  }

  @Test
  void keep_moreThanMayBe_dropsTheOldest() {
    RefusalStore refusals = refusals(Store.STANDALONE, 20);

    for (int i = 10; i < 60; i++) {
      keep(refusals, caller(id + i, "{}"));
    }

    assertThat(IntStream.range(10, 60).filter(i -> !of(refusals, id + i).isEmpty()).boxed())
        .isEqualTo(IntStream.range(40, 60).boxed().toList());
    assertThat(Store.STANDALONE.commands().keys("{sluice:refusals}:of-callers:" + id + "*"))
        .hasSize(20);
  }

  @Test
  void keep_strangers_haveATenthOfTheRoomAndPushOutNobodyElse() {
    RefusalStore refusals = refusals(Store.STANDALONE, 20);
    keep(refusals, caller(id, "{\"mine\":1}"));

    for (int i = 0; i < 50; i++) {
      keep(refusals, stranger(id + i, "{}"), stranger(id, "{}"));
    }

    assertThat(of(refusals, id)).startsWith("{\"mine\":1}");
    assertThat(Store.STANDALONE.commands().zcard("{sluice:refusals}:strangers")).isEqualTo(2);
  }

  @Test
  void keep_batchOfOneId_keepsTheirOrder() {
    RefusalStore refusals = refusals(Store.STANDALONE, 20);

    keep(refusals, caller(id, "1"), caller(id, "2"), caller(id, "3"));

    assertThat(of(refusals, id)).containsExactly("3", "2", "1");
  }

  private static RefusalStore refusals(Store store, int most) {
    return new RedisRefusals(store.connections(), HOUR, most);
  }

  private static Kept caller(String requestId, String json) {
    return new Kept(requestId, true, json);
  }

  private static Kept stranger(String requestId, String json) {
    return new Kept(requestId, false, json);
  }

  private static void keep(RefusalStore refusals, Kept... some) {
    join(refusals.keep(List.of(some)));
  }

  private static List<String> of(RefusalStore refusals, String requestId) {
    return join(refusals.of(requestId));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
