package dev.sluice.account;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which callers are known, and which of them may be believed without the store. */
final class CallersTest {
  private static final KeyText KEY = KeyText.generate("acme", new Random(1));
  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

  private long now;
  private boolean away;
  private int consulted;
  private int asked;
  private Optional<Caller> caller = Optional.of(caller(7));
  private final Callers callers = new Callers(this::find, 10, () -> now);
  private final CallerSource withoutStore =
      callers.confirmedWithin(HALF_A_MINUTE, () -> consulted++);

  @ParameterizedTest
  @CsvSource({"0, true", "29999, true", "30000, false"})
  void withoutStore_knownKey_isBelievedForSoLong(long millis, boolean believed) {
    callers.load(KEY);
    pass(millis);
    away = true;

    assertThat(isKnown(withoutStore.known(KEY))).isEqualTo(believed);
    assertThat(isKnown(withoutStore.recent(KEY, Duration.ZERO))).isEqualTo(believed);
    assertThat(consulted).isEqualTo(2);
    assertThat(asked).as("nobody asks the store").isEqualTo(1);
  }

  @Test
  void withoutStore_unknownKey_isNotBelieved() {
    assertThat(isKnown(withoutStore.known(KEY))).isFalse();
  }

  @Test
  void confirmed_sameVersion_isBelievedFromTheQuestionOn() {
    callers.load(KEY);
    pass(20_000);
    long question = callers.now();
    pass(5_000);
    callers.confirmed(KEY, caller.orElseThrow(), question);

    pass(24_999);
    assertThat(isKnown(withoutStore.known(KEY))).isTrue();
    pass(1);
    assertThat(isKnown(withoutStore.known(KEY))).isFalse();
  }

  @Test
  void confirmed_anotherVersionThanIsKnown_saysNothingOfThat() {
    callers.load(KEY);
    pass(29_000);
    callers.confirmed(KEY, caller(8), callers.now());
    pass(1_000);

    assertThat(isKnown(withoutStore.known(KEY))).isFalse();
  }

  @Test
  void recent_confirmedByADecision_needsNoQuestion() {
    callers.load(KEY);
    pass(1_000);
    callers.confirmed(KEY, caller.orElseThrow(), callers.now());

    callers.recent(KEY, Duration.ofMillis(500));
    assertThat(asked).isEqualTo(1);
    pass(501);
    callers.recent(KEY, Duration.ofMillis(500));
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void load_keyThatIsGone_isNotBelievedEither() {
    callers.load(KEY);
    caller = Optional.empty();
    callers.load(KEY);

    assertThat(isKnown(withoutStore.known(KEY))).isFalse();
  }

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  private CompletionStage<Optional<Caller>> find(KeyText key) {
    asked++;
    return away ? failedFuture(new IllegalStateException("away")) : completedFuture(caller);
  }

  private static boolean isKnown(CompletionStage<Optional<Caller>> found) {
    return !found.toCompletableFuture().isCompletedExceptionally();
  }

  private static Caller caller(long version) {
    return new Caller(
        new Organization("acme", "Acme", Optional.empty()),
        new Project("acme", "p", "P", Optional.empty()),
        new User("acme", "u", "U", Role.DEVELOPER, Optional.empty()),
        ApiKey.issued(KEY, "p", "u", KeyTerms.named("key"), Instant.EPOCH),
        version);
  }
}
