package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyIssuer.Issued;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Organization;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
