package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.LastUseStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The times of last use in a real Redis. */
final class RedisLastUsesTest {
  private static final String NO_RECORD = "key-0000000000000000";

  private final String id = "used-" + UUID.randomUUID().toString().substring(0, 8);

  @ParameterizedTest
  @EnumSource(Store.class)
  void write_usesOfKeys_onlyGoForwardOnTheClockOfRedis(Store store) {
    RedisLastUses uses = new RedisLastUses(store.connections());
    String one = issued(store).id();
    String never = issued(store).id();

    join(uses.write(id, Map.of(one, Duration.ofHours(1))));
    Instant first = join(uses.of(id, List.of(one))).get(one);
    join(uses.write(id, Map.of(one, Duration.ofHours(2))));

    assertThat(first)
        .isCloseTo(Instant.now().minus(Duration.ofHours(1)), within(10, ChronoUnit.MINUTES));
    assertThat(join(uses.of(id, List.of(never, one)))).isEqualTo(Map.of(one, first));
    join(uses.write(id, Map.of(one, Duration.ofMinutes(1))));
    assertThat(join(uses.of(id, List.of(one))).get(one)).isAfter(first);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void write_keyWithoutARecord_leavesNothing(Store store) {
    RedisLastUses uses = new RedisLastUses(store.connections());
    String one = issued(store).id();

    join(uses.write(id, Map.of(NO_RECORD, Duration.ZERO, one, Duration.ZERO)));

    assertThat(store.commands().zrange(new Keys(id).lastUsed(), 0, -1)).containsExactly(one);
  }

  @Test
  void write_timeThatLiesAhead_isReplaced() {
    Store store = Store.STANDALONE;
    RedisLastUses uses = new RedisLastUses(store.connections());
    String one = issued(store).id();
    double ahead = Instant.now().plus(Duration.ofDays(9)).toEpochMilli();
    store.commands().zadd(new Keys(id).lastUsed(), ahead, one);

    join(uses.write(id, Map.of(one, Duration.ofMinutes(5))));

    assertThat(join(uses.of(id, List.of(one))).get(one)).isBefore(Instant.now());
  }

  @Test
  void write_asManyAsMayBe_areTakenInOneCall() {
    RedisLastUses uses = new RedisLastUses(Store.STANDALONE.connections());
    String one = issued(Store.STANDALONE).id();
    Map<String, Duration> most = new HashMap<>(Map.of(one, Duration.ZERO));
    IntStream.range(0, LastUseStore.MOST - 1)
        .forEach(i -> most.put("key-" + "%016x".formatted(i), Duration.ZERO));

    join(uses.write(id, most));

    assertThat(join(uses.of(id, List.copyOf(most.keySet())))).containsOnlyKeys(one);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void begin_again_changesNothing(Store store) {
    RedisLastUses uses = new RedisLastUses(store.connections());
    join(uses.begin());
    Optional<Instant> first = join(uses.begun());

    join(uses.begin());

    assertThat(first).isPresent();
    assertThat(join(uses.begun())).isEqualTo(first);
  }

  private ApiKey issued(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    return join(new KeyIssuer(accounts, new SecureRandom(), "test")
            .issue(new KeyIssuer.Order(id, "p", "u", Optional.empty(), KeyTerms.named("n"))))
        .record();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
