package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is remembered of the uses of keys, and when it is written. */
final class LastUsesTest {
  private static final Random RANDOM = new Random(1);

  private final Away store = new Away();
  private long nanos = -5_000_000_000L;
  private int dropped;
  private final LastUses uses = new LastUses(store, 1_000, () -> nanos, () -> dropped++);

  @Test
  void write_manyUsesOfManyKeys_isOneCallForAnOrganization() {
    ApiKey one = key("acme");
    ApiKey two = key("acme");
    ApiKey three = key("other");
    use(one, 10);
    use(two, 20);
    use(one, 30);
    use(three, 30);
    nanos = seconds(33);

    write();

    assertThat(store.calls).isEqualTo(2);
    assertThat(store.written)
        .containsEntry(one.id(), Duration.ofSeconds(3))
        .containsEntry(two.id(), Duration.ofSeconds(13))
        .containsEntry(three.id(), Duration.ofSeconds(3));
  }

  @Test
  void write_nothingNew_asksNothing() {
    use(key("acme"), 1);
    write();

    write();

    assertThat(store.calls).isEqualTo(1);
    assertThat(store.begun).isEqualTo(1);
  }

  @Test
  void write_whileTheStoreIsAway_keepsAllForLater() {
    ApiKey early = key("acme");
    ApiKey late = key("other");
    use(early, 0);
    store.away = true;
    write();
    use(late, 60);
    write();
    assertThat(store.written).isEmpty();

    store.away = false;
    nanos = seconds(100);
    write();

    assertThat(store.written)
        .containsEntry(early.id(), Duration.ofSeconds(100))
        .containsEntry(late.id(), Duration.ofSeconds(40));
    assertThat(dropped).isZero();
  }

  @Test
  void write_oneOrganizationIsAway_holdsUpNoneForEver() {
    List<ApiKey> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add(key(i < 20 ? "gone" + i : "there" + i));
      use(keys.get(i), 1);
    }
    store.gone = "gone";

    for (int i = 0; i < 1_000 && store.written.size() < 80; i++) {
      write();
    }

    assertThat(store.written).hasSize(80);
    store.gone = "none";
    for (int i = 0; i < 10; i++) {
      write();
    }
    assertThat(store.written).hasSize(100);
  }

  @Test
  void write_moreKeysThanACallMayName_isSeveralCalls() {
    LastUses many = new LastUses(store, 5_000, () -> nanos, () -> dropped++);
    for (int i = 0; i < 2 * LastUseStore.MOST + 1; i++) {
      many.used(key("acme"));
    }

    many.write().toCompletableFuture().join();

    assertThat(store.calls).isEqualTo(3);
    assertThat(store.written).hasSize(2 * LastUseStore.MOST + 1);
  }

  @Test
  void write_whileOneIsUnderWay_isThatOne() {
    use(key("acme"), 1);
    store.pending = Optional.of(new CompletableFuture<>());
    CompletionStage<Void> first = uses.write();
    use(key("acme"), 2);

    CompletionStage<Void> second = uses.write();

    assertThat(second.toCompletableFuture()).isNotDone();
    assertThat(store.calls).isEqualTo(1);
    store.pending.orElseThrow().complete(null);
    store.pending = Optional.empty();
    assertThat(first.toCompletableFuture()).isCompleted();
    write();
    assertThat(store.written).hasSize(2);
  }

  @Test
  void used_moreKeysThanAreRemembered_dropsAndCountsTheRest() {
    ApiKey known = key("acme");
    use(known, 0);
    for (int i = 0; i < 1_009; i++) {
      uses.used(key("acme"));
    }
    use(known, 60);

    write();

    assertThat(store.written).hasSize(1_000).containsEntry(known.id(), Duration.ZERO);
    assertThat(dropped).isEqualTo(10);
  }

  private void use(ApiKey key, long second) {
    nanos = seconds(second);
    uses.used(key);
  }

  private void write() {
    uses.write().toCompletableFuture().join();
  }

  /** Across zero, as System.nanoTime may be. */
  private static long seconds(long second) {
    return second * 1_000_000_000L - 5_000_000_000L;
  }

  private static ApiKey key(String organization) {
    KeyText text = KeyText.generate(organization, RANDOM);
    return ApiKey.issued(text, "p", "u", KeyTerms.named("n"), Instant.EPOCH);
  }

  /** A store that is there or not. */
  private static final class Away implements LastUseStore {
    private final Map<String, Duration> written = new HashMap<>();
    private boolean away;
    private String gone = "none";
    private int begun;
    private int calls;
    private Optional<CompletableFuture<Void>> pending = Optional.empty();

    @Override
    public CompletionStage<Void> begin() {
      begun++;
      return away ? failed() : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> write(String organization, Map<String, Duration> ago) {
      calls++;
      assertThat(ago).hasSizeBetween(1, MOST);
      if (away || organization.startsWith(gone)) {
        return failed();
      }
      written.putAll(ago);
      return pending.orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private static CompletionStage<Void> failed() {
      return CompletableFuture.failedFuture(new IllegalStateException("away"));
    }

    @Override
    public CompletionStage<Optional<Instant>> begun() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Map<String, Instant>> of(String organization, List<String> keys) {
      throw new UnsupportedOperationException();
    }
  }
}
