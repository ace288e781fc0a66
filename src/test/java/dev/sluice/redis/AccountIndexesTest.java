package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Changes;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyIssuer.Issued;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Organization;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.testing.AccountsCheck;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The indexes are broken on purpose, and rebuilt. */
final class AccountIndexesTest {
  private final String id = "idx-" + UUID.randomUUID().toString().substring(0, 8);

  @ParameterizedTest
  @EnumSource(Store.class)
  void rebuild_indexesLost_areAsTheyWere(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    // Several organizations, so that on a cluster they are on several nodes.
    List<String> ids = List.of(id + "a", id + "b", id + "c", id + "d", id + "e");
    List<Issued> issued = ids.stream().map(one -> issue(accounts, one)).toList();
    RedisClusterCommands<String, String> redis = store.commands();
    redis.del(Keys.ORGANIZATIONS);
    for (Issued one : issued) {
      Keys names = new Keys(one.record().organization());
      redis.del(
          names.index(RecordKind.KEY),
          names.index(RecordKind.USER),
          names.index(RecordKind.PROJECT),
          names.keysOf("ada"),
          names.secret(one.text().hash()));
    }
    assertThat(join(accounts.caller(issued.get(0).text()))).isEmpty();

    assertThat(join(new AccountIndexes(store.connections()).rebuild())).isGreaterThanOrEqualTo(30);

    assertThat(organizations(accounts)).containsAll(ids);
    for (Issued one : issued) {
      String organization = one.record().organization();
      assertThat(join(accounts.caller(one.text())).orElseThrow().key()).isEqualTo(one.record());
      assertThat(keys(accounts, organization)).containsExactly(one.record());
      assertThat(records(accounts, organization, RecordKind.KEY)).hasSize(1);
      assertThat(records(accounts, organization, RecordKind.USER)).hasSize(1);
      assertThat(records(accounts, organization, RecordKind.PROJECT)).hasSize(1);
    }
    assertThat(join(new AccountIndexes(store.connections()).rebuild())).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void rebuild_indexesWithTooMuch_loseIt(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    Issued good = issue(accounts, id);
    Issued revoked = issue(accounts, id);
    join(accounts.replace("test", new Stored<>(revoked.record().revoke(), 1)));
    RedisClusterCommands<String, String> redis = store.commands();
    Keys names = new Keys(id);
    redis.zadd(Keys.ORGANIZATIONS, 0, "ghost-" + id);
    redis.zadd(names.index(RecordKind.KEY), 0, "key-ghost");
    redis.zadd(names.keysOf("ada"), 0, "key-ghost");
    redis.zadd(names.keysOf("ada"), 0, revoked.record().id());
    redis.zadd(names.keysOf("eve"), 0, good.record().id());

    join(new AccountIndexes(store.connections()).rebuild());

    assertThat(redis.zscore(Keys.ORGANIZATIONS, "ghost-" + id)).isNull();
    assertThat(redis.zrange(names.index(RecordKind.KEY), 0, -1))
        .containsExactlyInAnyOrder(good.record().id(), revoked.record().id());
    assertThat(redis.zrange(names.keysOf("ada"), 0, -1)).containsExactly(good.record().id());
    assertThat(redis.exists(names.keysOf("eve"))).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void rebuild_setsOfTheFirstVersion_areReplaced(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    Issued issued = issue(accounts, id);
    Keys names = new Keys(id);
    store.commands().del(names.index(RecordKind.KEY), names.keysOf("ada"));
    store.commands().sadd(names.prefix() + "keys", issued.record().id());

    join(new AccountIndexes(store.connections()).rebuild());

    assertThat(keys(accounts, id)).containsExactly(issued.record());
    assertThat(store.commands().exists(names.prefix() + "keys")).isZero();
  }

  private enum Damage {
    ENTRY_MISSING,
    ENTRY_OF_NOTHING,
    ENTRY_WITH_A_SCORE,
    LOST,
    A_STRING,
    A_LIST,
    A_PLAIN_SET
  }

  /** Each index in each way, all at once for one organization. */
  @ParameterizedTest
  @EnumSource(Damage.class)
  void rebuild_damagedIndexes_agreeWithTheRecordsAgain(Damage damage) {
    for (Store store : Store.values()) {
      RedisAccounts accounts = new RedisAccounts(store.connections());
      Issued issued = issue(accounts, id);
      Keys names = new Keys(id);
      for (String index :
          List.of(
              Keys.ORGANIZATIONS,
              names.index(RecordKind.PROJECT),
              names.index(RecordKind.USER),
              names.index(RecordKind.KEY),
              names.keysOf("ada"))) {
        damage(store.commands(), index, damage);
      }
      assertThat(AccountsCheck.problems(store.commands(), id)).isNotEmpty();

      assertThat(join(new AccountIndexes(store.connections()).rebuild())).isGreaterThanOrEqualTo(5);

      assertThat(AccountsCheck.problems(store.commands(), id)).isEmpty();
      assertThat(organizations(accounts)).contains(id);
      assertThat(keys(accounts, id)).containsExactly(issued.record());
      assertThat(join(new AccountIndexes(store.connections()).rebuild())).isZero();
    }
  }

  private void damage(RedisClusterCommands<String, String> redis, String index, Damage damage) {
    String entry = redis.zrange(index, 0, 0).get(0);
    switch (damage) {
      case ENTRY_MISSING -> redis.zrem(index, index.equals(Keys.ORGANIZATIONS) ? id : entry);
      case ENTRY_OF_NOTHING -> redis.zadd(index, 0, "nothing");
      case ENTRY_WITH_A_SCORE ->
          redis.zadd(index, 7, index.equals(Keys.ORGANIZATIONS) ? id : entry);
      case LOST -> redis.del(index);
      case A_STRING -> redis.set(index, entry);
      case A_LIST -> {
        redis.del(index);
        redis.rpush(index, entry);
      }
      case A_PLAIN_SET -> {
        redis.del(index);
        redis.sadd(index, entry);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void rebuild_damagedSecretsAndVersion_agreeWithTheRecordsAgain(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    Issued issued = issue(accounts, id);
    Issued other = issue(accounts, id);
    Issued third = issue(accounts, id);
    Keys names = new Keys(id);
    String leftOver = names.secret("0".repeat(64));
    RedisClusterCommands<String, String> redis = store.commands();
    redis.set(leftOver, issued.record().id());
    redis.set(names.secret("1".repeat(64)), "key-ghost");
    redis.set(names.secret(issued.text().hash()), other.record().id());
    redis.del(names.secret(third.text().hash()));
    redis.rpush(names.secret(third.text().hash()), "x");
    redis.del(names.version());

    assertThat(join(new AccountIndexes(store.connections()).rebuild())).isGreaterThanOrEqualTo(5);

    assertThat(redis.exists(leftOver)).isZero();
    for (Issued one : List.of(issued, other, third)) {
      assertThat(join(accounts.caller(one.text())).orElseThrow().key()).isEqualTo(one.record());
    }
    // The version that it was is nowhere else; it is one that nobody has seen.
    assertThat(AccountsCheck.problems(redis, id))
        .singleElement()
        .asString()
        .startsWith("the version is ");
    join(accounts.replace("test", new Stored<>(issued.record().revoke(), 1)));
    assertThat(AccountsCheck.problems(redis, id)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void rebuild_whileOthersWrite_disturbsNobody(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    Issued first = issue(accounts, id);
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      String user = "u" + writer;
      writers.add(
          CompletableFuture.runAsync(
              () -> {
                KeyIssuer issuer = new KeyIssuer(accounts, new SecureRandom(), "test");
                for (int i = 0; i < 20; i++) {
                  Issued issued =
                      join(
                          issuer.issue(
                              new KeyIssuer.Order(
                                  id, "p" + i, user, Optional.empty(), KeyTerms.named("key"))));
                  join(issuer.rotate(id, issued.record().id(), Duration.ofHours(1)));
                  if (i % 2 == 0) {
                    join(
                        new Changes(accounts, "test")
                            .change(RecordKind.KEY, id, issued.record().id(), ApiKey::revoke));
                  }
                }
              }));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
    do {
      join(new AccountIndexes(store.connections()).rebuild());
    } while (!all.isDone());
    all.join();

    assertThat(AccountsCheck.problems(store.commands(), id)).isEmpty();
    assertThat(records(accounts, id, RecordKind.KEY)).hasSize(81);
    assertThat(join(accounts.caller(first.text()))).isPresent();
  }

  private static Issued issue(Accounts accounts, String organization) {
    return join(
        new KeyIssuer(accounts, new SecureRandom(), "test")
            .issue(
                new KeyIssuer.Order(
                    organization, "search", "ada", Optional.empty(), KeyTerms.named("key"))));
  }

  private static List<ApiKey> keys(Accounts accounts, String organization) {
    return join(accounts.keysOf(organization, "ada", Optional.empty(), 100)).records().stream()
        .map(Stored::record)
        .toList();
  }

  private static List<?> records(Accounts accounts, String organization, RecordKind<?> kind) {
    return join(accounts.list(kind, organization, Optional.empty(), 100)).records();
  }

  private static Set<String> organizations(Accounts accounts) {
    List<Organization> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      Page<Organization> page = join(accounts.organizations(after, 3));
      page.records().forEach(stored -> all.add(stored.record()));
      after = page.next();
    } while (after.isPresent());
    return all.stream().map(Organization::id).collect(Collectors.toSet());
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
