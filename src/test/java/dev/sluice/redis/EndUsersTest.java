package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits of each end user of a key, and how many end users a key may have at a time. */
final class EndUsersTest {
  private static final long START = 1_800_000_000_000L;
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Rate TWO = new Rate(2, MINUTE);

  private final String organization = "e-" + UUID.randomUUID().toString().substring(0, 13);

  @ParameterizedTest
  @EnumSource(Store.class)
  void rate_ofEachEndUser_isCountedSeparately(Store store) {
    RedisCounters counters = counters(store, START);

    assertThat(admitted(counters, "ada", TWO)).isTrue();
    assertThat(admitted(counters, "ada", TWO)).isTrue();
    assertThat(admitted(counters, "ada", TWO)).isFalse();
    assertThat(admitted(counters, "bob", TWO)).isTrue();
    assertThat(admitted(counters, "", TWO)).isTrue();
    assertThat(admitted(counters, "", TWO)).isTrue();
    assertThat(admitted(counters, "", TWO)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void concurrency_ofEachEndUser_isCountedSeparately(Store store) {
    RedisCounters counters = counters(store, START);

    assertThat(admitted(counters, "ada", new Concurrency(1))).isTrue();
    assertThat(admitted(counters, "ada", new Concurrency(1))).isFalse();
    assertThat(admitted(counters, "bob", new Concurrency(1))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void oneEndUserTooMany_isRefusedUntilAnotherIsOver_andTakesOfNothing(Store store) {
    RedisCounters counters = counters(store, START);
    admit(counters, "ada", most(2), TWO);
    counters = counters(store, START + 10_000);
    admit(counters, "bob", most(2), TWO);

    Outcome.Exceeded refused = (Outcome.Exceeded) admit(counters, "eve", most(2), TWO);

    EvaluatedLimit users = refused.limits().get(0);
    assertThat(users.used()).isEqualTo(2);
    // A window keeps what was counted for 65/64 of its period.
    Duration kept = Duration.ofMillis(60_000 * 65 / 64 + 1);
    assertThat(users.retryAfter()).contains(kept.minusSeconds(10));
    assertThat(refused.limits().get(1).exhausted()).isFalse();
    assertThat(windows(store)).hasSize(2);
    // Those who are counted may go on.
    assertThat(admitted(counters, "ada", most(2), TWO)).isTrue();
    counters = counters(store, START + 10_000 + kept.toMillis());
    assertThat(admitted(counters, "eve", most(2), TWO)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void endUsers_whoAreOver_areClearedHundredByCall(Store store) {
    RedisCounters counters = counters(store, START);
    for (int i = 0; i < 150; i++) {
      admit(counters, "user-" + i, most(1_000), TWO);
    }
    counters = counters(store, START + 120_000);

    assertThat(((Outcome.Held) admit(counters, "ada", most(1_000), TWO)).limits().get(0).used())
        .isEqualTo(1);
    assertThat(store.commands().zcard(endUsers())).isEqualTo(51);
    admit(counters, "ada", most(1_000), TWO);
    assertThat(store.commands().zcard(endUsers())).isEqualTo(1);
    assertThat(store.commands().pttl(endUsers())).isBetween(1L, 70_000L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void clockThatWentBack_keepsNoEndUserLongerThanAPeriod(Store store) {
    RedisCounters counters = counters(store, START + 3_600_000);
    admit(counters, "ada", most(1), TWO);
    counters = counters(store, START);

    assertThat(admitted(counters, "bob", most(1), TWO)).isFalse();
    counters = counters(store, START + 61_000);
    assertThat(admitted(counters, "bob", most(1), TWO)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void tooManyInShadow_isReportedAndCountsNobody(Store store) {
    RedisCounters counters = counters(store, START);
    admit(counters, "ada", most(1).inShadow(), TWO.inShadow());

    Outcome.Held second = (Outcome.Held) admit(counters, "bob", most(1).inShadow(), TWO.inShadow());

    assertThat(second.shadowExceeded()).isTrue();
    assertThat(store.commands().zcard(shadowEndUsers())).isEqualTo(1);
    assertThat(store.commands().exists(endUsers())).isZero();
    assertThat(second.limits()).extracting(EvaluatedLimit::used).containsExactly(1L, 0L);
    assertThat(second.limits()).extracting(EvaluatedLimit::exhausted).containsExactly(true, false);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void endUsersInShadow_takeNoPlacesOfThoseThatAreEnforced(Store store) {
    RedisCounters counters = counters(store, START);
    admit(counters, "ada", most(2).inShadow(), TWO.inShadow());
    admit(counters, "bob", most(2).inShadow(), TWO.inShadow());

    assertThat(admitted(counters, "eve", most(1), TWO)).isTrue();
    assertThat(admitted(counters, "ada", most(1), TWO)).isFalse();
    assertThat(evaluate(counters, "eve", most(1)).used()).isEqualTo(1);
    assertThat(evaluate(counters, "eve", most(2).inShadow()).used()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void evaluate_saysWhetherAnEndUserWouldBeCounted(Store store) {
    RedisCounters counters = counters(store, START);
    admit(counters, "ada", most(1), TWO);

    assertThat(evaluate(counters, "ada", most(1)).exhausted()).isFalse();
    assertThat(evaluate(counters, "bob", most(1)).exhausted()).isTrue();
    assertThat(evaluate(counters, "bob", most(1)).used()).isEqualTo(1);
    assertThat(evaluate(counters, "bob", most(2)).exhausted()).isFalse();
    assertThat(evaluate(counters, "bob", TWO).used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void nameOfAnEndUser_isNowhereInRedis(Store store) {
    admit(counters(store, START), "ada@example.org", most(9), TWO, new Concurrency(3));

    assertThat(store.commands().keys(new Keys(organization).prefix() + "*"))
        .isNotEmpty()
        .noneMatch(key -> key.contains("ada"));
    assertThat(store.commands().zrange(endUsers(), 0, -1))
        .containsExactly(EndUser.named("ada@example.org").id());
  }

  private RedisCounters counters(Store store, long time) {
    VirtualClock clock = new VirtualClock(store, organization);
    clock.set(time);
    return new RedisCounters(store.connections(), clock::load);
  }

  private static EndUsers most(long atATime) {
    return new EndUsers(atATime, MINUTE, false);
  }

  private boolean admitted(RedisCounters counters, String user, Limit... limits) {
    return admit(counters, user, limits) instanceof Outcome.Held;
  }

  private Outcome admit(RedisCounters counters, String user, Limit... limits) {
    return join(
        counters.admit(
            new Hold(
                UUID.randomUUID().toString(),
                Optional.empty(),
                organization,
                Stream.of(limits).map(limit -> of(user, limit)).toList(),
                LEASE),
            0));
  }

  private EvaluatedLimit evaluate(RedisCounters counters, String user, Limit limit) {
    return join(counters.evaluate(organization, List.of(of(user, limit)))).get(0);
  }

  private static ScopedLimit of(String user, Limit limit) {
    return new ScopedLimit(
        new Scope(Scope.Level.KEY, "k", new Scope.Part.All(), Optional.of(EndUser.named(user))),
        limit);
  }

  private String endUsers() {
    return new Keys(organization).prefix() + "end-users:key:k";
  }

  private String shadowEndUsers() {
    return new Keys(organization).prefix() + "shadow-end-users:key:k";
  }

  private List<String> windows(Store store) {
    return store.commands().keys(new Keys(organization).prefix() + "rate-end-user:*");
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
