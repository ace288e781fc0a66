package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.account.Accounts.RecordConflict;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RedisAccountsTest {
  private final String id = "org-" + UUID.randomUUID().toString().substring(0, 8);
  private final KeyText text = KeyText.generate(id, new SecureRandom());

  private final Organization organization =
      new Organization(id, "Acme {x} \"ü\"", Optional.empty());
  private final Project project = new Project(id, "search", "Search", Optional.of("web"));
  private final User user =
      new User(id, "ada@example.org", "Ada", Role.PROJECT_OWNER, Optional.empty());
  private final ApiKey key =
      new ApiKey(
          id,
          "k1",
          "CI",
          "search",
          "ada@example.org",
          text.hash(),
          text.lastFour(),
          Optional.empty(),
          Optional.of(Instant.parse("2030-01-02T03:04:05.678Z")),
          false);

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_ofAKey_hasAllRecordsAtOneVersion(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(join(accounts.caller(text)))
        .contains(new Caller(organization, project, user, key, 4));
    assertThat(join(accounts.key(id, "k1"))).contains(key);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_unknownSecret_isEmpty(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(join(accounts.caller(KeyText.generate(id, new SecureRandom())))).isEmpty();
    assertThat(join(accounts.caller(KeyText.generate("nobody", new SecureRandom())))).isEmpty();
    assertThat(join(accounts.key(id, "k2"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_revokedKey_isSeenAtTheNextVersion(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(join(accounts.replace("root", key.revoke()))).isEqualTo(5);

    Caller caller = join(accounts.caller(text)).orElseThrow();
    assertThat(caller.key().revoked()).isTrue();
    assertThat(caller.version()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_keyWithAnotherSecret_dropsTheOldOne(Store store) {
    RedisAccounts accounts = filled(store);
    KeyText rotated = KeyText.generate(id, new SecureRandom());

    join(accounts.replace("root", withSecret("k1", rotated)));

    assertThat(join(accounts.caller(text))).isEmpty();
    assertThat(join(accounts.caller(rotated)).orElseThrow().key().id()).isEqualTo("k1");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void create_conflicting_changesNothing(Store store) {
    RedisAccounts accounts = filled(store);
    ApiKey orphan =
        new ApiKey(
            id,
            "k9",
            "n",
            "gone",
            user.id(),
            "00",
            "0000",
            Optional.empty(),
            Optional.empty(),
            false);

    conflict(accounts.create("root", project), "project search exists");
    conflict(accounts.create("root", organization), "organization " + id + " exists");
    conflict(accounts.create("root", orphan), "there is no project gone");
    conflict(accounts.create("root", withSecret("k2", text)), "another key has this secret");
    conflict(
        accounts.create("root", new Project("nobody", "p", "P", Optional.empty())),
        "there is no organization nobody");
    conflict(
        accounts.replace("root", new Project(id, "none", "P", Optional.empty())),
        "there is no project none");

    assertThat(store.commands().get(new Keys(id).version())).isEqualTo("4");
    assertThat(store.commands().xlen(new Keys(id).audit())).isEqualTo(4);
    assertThat(store.commands().smembers(new Keys(id).prefix() + "keys")).containsExactly("k1");
    assertThat(store.commands().exists(new Keys(id).key("k9"), new Keys(id).key("k2"))).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void changes_areAudited_withoutSecrets(Store store) {
    RedisAccounts accounts = filled(store);
    join(accounts.replace("grace", key.revoke()));

    List<StreamMessage<String, String>> audit =
        store.commands().xrange(new Keys(id).audit(), Range.unbounded());

    assertThat(audit)
        .extracting(entry -> entry.getBody().get("action") + " " + entry.getBody().get("kind"))
        .containsExactly(
            "create organization", "create project", "create user", "create key", "replace key");
    var last = audit.get(4).getBody();
    assertThat(last).containsEntry("actor", "grace").containsEntry("id", "k1");
    assertThat(last.get("before")).contains("\"revoked\":false").contains(text.lastFour());
    assertThat(last.get("after")).contains("\"revoked\":true");
    assertThat(audit.toString()).doesNotContain(text.hash()).doesNotContain("secretHash");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_recordOfANewerVersion_ignoresWhatItDoesNotKnow(Store store) {
    RedisAccounts accounts = filled(store);
    store
        .commands()
        .set(
            new Keys(id).organizationRecord(),
            "{\"id\":\"" + id + "\",\"name\":\"n\",\"budgets\":[{}],\"tier\":null}");

    assertThat(join(accounts.caller(text)).orElseThrow().organization())
        .isEqualTo(new Organization(id, "n", Optional.empty()));
  }

  private RedisAccounts filled(Store store) {
    RedisAccounts accounts = new RedisAccounts(store.connections());
    assertThat(join(accounts.create("root", organization))).isEqualTo(1);
    assertThat(join(accounts.create("root", project))).isEqualTo(2);
    assertThat(join(accounts.create("root", user))).isEqualTo(3);
    assertThat(join(accounts.create("root", key))).isEqualTo(4);
    return accounts;
  }

  private ApiKey withSecret(String keyId, KeyText secret) {
    return new ApiKey(
        id,
        keyId,
        key.name(),
        key.project(),
        key.user(),
        secret.hash(),
        secret.lastFour(),
        key.tier(),
        key.expires(),
        key.revoked());
  }

  private static void conflict(CompletionStage<Long> change, String message) {
    assertThatThrownBy(() -> join(change))
        .hasCauseInstanceOf(RecordConflict.class)
        .hasMessageEndingWith(message);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
