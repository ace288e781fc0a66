package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts.RecordConflict;
import dev.sluice.account.Accounts.StaleRevision;
import dev.sluice.account.ApiKey;
import dev.sluice.account.AuditTrail.Entry;
import dev.sluice.account.Caller;
import dev.sluice.account.InvalidRecord;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Page;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import dev.sluice.admission.Counters;
import dev.sluice.admission.Hold;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisAccountsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

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
          "search",
          "ada@example.org",
          new KeyTerms(
              "CI \uD83D\uDE80 \u05E9\u05DC\u05D5\u05DD <b>",
              "staging",
              Set.of(Permission.INFERENCE, Permission.ADMIN_READ),
              Set.of("small", "large"),
              Set.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32")),
              Optional.of("gold"),
              OwnLimits.of(LimitText.parse("100/1m"), LimitText.parse("running=5:large")),
              Optional.of(Instant.parse("2030-01-02T03:04:05.678Z"))),
          NOW,
          KeySecret.of(text, NOW),
          Optional.empty(),
          false);

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_ofAKey_hasAllRecordsAtOneVersion(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(join(accounts.caller(text)))
        .contains(new Caller(organization, project, user, key, version(store)));
    assertThat(join(accounts.read(RecordKind.KEY, id, "k1"))).contains(new Stored<>(key, 1));
    assertThat(join(accounts.read(RecordKind.USER, id, user.id()))).contains(new Stored<>(user, 1));
    assertThat(join(accounts.read(RecordKind.ORGANIZATION, id, id)))
        .contains(new Stored<>(organization, 1));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_unknownSecret_isEmpty(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(join(accounts.caller(KeyText.generate(id, new SecureRandom())))).isEmpty();
    assertThat(join(accounts.caller(KeyText.generate("nobody", new SecureRandom())))).isEmpty();
    assertThat(join(accounts.read(RecordKind.KEY, id, "k2"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_revokedKey_isSeenAtTheNextVersion(Store store) {
    RedisAccounts accounts = filled(store);

    long before = version(store);
    long after = join(accounts.replace("root", new Stored<>(key.revoke(), 1)));

    assertThat(after).isGreaterThan(before);
    Caller caller = join(accounts.caller(text)).orElseThrow();
    assertThat(caller.key().revoked()).isTrue();
    assertThat(caller.version()).isEqualTo(after);
  }

  /** As after a failover to a replica, or with an older append-only file. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_afterAChangeWasLost_neverHasTheVersionOfTheLostOne(Store store) {
    RedisAccounts accounts = filled(store);
    Map<String, byte[]> snapshot = snapshot(store);
    long lost = join(accounts.replace("root", new Stored<>(project.archived(true), 1)));
    assertThat(join(accounts.caller(text)).orElseThrow().version()).isEqualTo(lost);

    restore(store, snapshot);
    join(accounts.replace("root", new Stored<>(key.revoke(), 1)));

    Hold hold = new Hold("h1", Optional.empty(), id, List.of(), Duration.ofMinutes(1));
    assertThat(join(new RedisCounters(store.connections()).admit(hold, lost)))
        .isEqualTo(new Counters.Outcome.Stale());
  }

  /** The same when Redis's clock is behind, so that it cannot tell the changes apart. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_afterAChangeWasLostAndTheClockWentBack_neverHasTheVersionOfTheLostOne(Store store) {
    RedisAccounts accounts = filled(store);
    long ahead = version(store) + Duration.ofDays(1).toMillis() * 1_000;
    store.commands().set(new Keys(id).version(), Long.toString(ahead));
    Map<String, byte[]> snapshot = snapshot(store);
    long lost = join(accounts.replace("root", new Stored<>(project.archived(true), 1)));

    restore(store, snapshot);
    long next = join(accounts.replace("root", new Stored<>(key.revoke(), 1)));

    assertThat(lost).isGreaterThan(ahead);
    assertThat(next).isGreaterThan(ahead).isNotEqualTo(lost);
  }

  private Map<String, byte[]> snapshot(Store store) {
    Map<String, byte[]> all = new HashMap<>();
    for (String name : store.commands().keys("{" + id + "}:*")) {
      all.put(name, store.commands().dump(name));
    }
    return all;
  }

  private void restore(Store store, Map<String, byte[]> snapshot) {
    store.commands().keys("{" + id + "}:*").forEach(name -> store.commands().del(name));
    snapshot.forEach((name, value) -> store.commands().restore(name, 0, value));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void caller_secretThatTheRecordOfTheKeyDoesNotName_isNotLetIn(Store store) {
    RedisAccounts accounts = filled(store);
    KeyText leftOver = KeyText.generate(id, new SecureRandom());
    store.commands().set(new Keys(id).secret(leftOver.hash()), "k1");

    assertThat(join(accounts.caller(leftOver))).isEmpty();
    assertThat(join(accounts.caller(text))).isPresent();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_rotatedKey_isFoundByBothSecretsUntilItIsRotatedAgain(Store store) {
    RedisAccounts accounts = filled(store);
    KeyText second = KeyText.generate(id, new SecureRandom());
    KeyText third = KeyText.generate(id, new SecureRandom());

    ApiKey once = key.rotate(second, NOW, Duration.ofHours(1));
    join(accounts.replace("root", new Stored<>(once, 1)));
    assertThat(join(accounts.caller(text)).orElseThrow().key()).isEqualTo(once);
    assertThat(join(accounts.caller(second)).orElseThrow().key()).isEqualTo(once);

    join(accounts.replace("root", new Stored<>(once.rotate(third, NOW, Duration.ZERO), 2)));
    assertThat(join(accounts.caller(text))).isEmpty();
    assertThat(join(accounts.caller(second))).isPresent();
    assertThat(join(accounts.caller(third))).isPresent();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_recordThatSomebodyElseChanged_tellsBothRevisionsAndChangesNothing(Store store) {
    RedisAccounts accounts = filled(store);
    long version = join(accounts.replace("root", new Stored<>(user.archived(true), 1)));

    assertThatThrownBy(() -> join(accounts.replace("root", new Stored<>(user, 1))))
        .hasCauseInstanceOf(StaleRevision.class)
        .hasMessageEndingWith("user ada@example.org is at revision 2, not at 1");

    assertThat(join(accounts.read(RecordKind.USER, id, user.id())))
        .contains(new Stored<>(user.archived(true), 2));
    assertThat(version(store)).isEqualTo(version);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void create_belowWhatIsArchived_isRefused(Store store) {
    RedisAccounts accounts = filled(store);
    join(accounts.replace("root", new Stored<>(user.archived(true), 1)));
    conflict(accounts.create("root", another()), "user ada@example.org is archived");
    join(accounts.replace("root", new Stored<>(user, 2)));
    join(accounts.replace("root", new Stored<>(project.archived(true), 1)));
    conflict(accounts.create("root", another()), "project search is archived");
    join(accounts.replace("root", new Stored<>(organization.archived(true), 1)));
    conflict(accounts.create("root", another()), "organization " + id + " is archived");
    // What is there can still be changed: else nothing could be tidied up.
    join(accounts.replace("root", new Stored<>(key.revoke(), 1)));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void owners_ofAProject_areUsersWhoAreThereWhenTheyAreSet(Store store) {
    RedisAccounts accounts = filled(store);
    Project owned = project.withOwners(Set.of(user.id()));
    conflict(
        accounts.replace("root", new Stored<>(project.withOwners(Set.of("bob")), 1)),
        "there is no user bob");
    join(accounts.replace("root", new Stored<>(owned, 1)));
    join(accounts.replace("root", new Stored<>(user.archived(true), 1)));
    conflict(
        accounts.create(
            "root", new Project(id, "q", "Q", Optional.empty()).withOwners(owned.owners())),
        "user ada@example.org is archived");

    // Who owned it when she was archived still does.
    join(accounts.replace("root", new Stored<>(owned.withName("Found"), 2)));
    // And a backup knows nothing else.
    Project lost = new Project(id, "lost", "Lost", Optional.empty()).withOwners(owned.owners());
    join(accounts.restore("root", lost));

    assertThat(join(accounts.read(RecordKind.PROJECT, id, "search")))
        .contains(new Stored<>(owned.withName("Found"), 3));
    assertThat(join(accounts.read(RecordKind.PROJECT, id, "lost"))).contains(new Stored<>(lost, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "x}:key:1{", "{", "a:b"})
  void read_idsThatWouldLeadElsewhere_areRefused(String hostile) {
    RedisAccounts accounts = new RedisAccounts(Store.STANDALONE.connections());

    assertThatThrownBy(() -> accounts.read(RecordKind.USER, hostile, "ada"))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageStartingWith("organization: ");
    assertThatThrownBy(() -> accounts.read(RecordKind.USER, id, hostile))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageStartingWith("id: ");
    assertThatThrownBy(() -> accounts.keysOf(id, hostile, Optional.empty(), 1))
        .isInstanceOf(InvalidRecord.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u001B[31m"})
  void change_byAnActorWithoutAName_isRefused(String actor) {
    RedisAccounts accounts = new RedisAccounts(Store.STANDALONE.connections());

    assertThatThrownBy(() -> accounts.replace(actor, new Stored<>(project, 1)))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageStartingWith("actor: ");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void audit_pageByPage_isTheNewestFirstAndExactly(Store store) {
    RedisAccounts accounts = filled(store);
    RedisAuditTrail trail = new RedisAuditTrail(store.connections());

    List<Entry> first = join(trail.newest(id, Optional.empty(), Optional.empty(), 3));
    List<Entry> second =
        join(trail.newest(id, Optional.of(first.get(2).position()), Optional.empty(), 3));

    assertThat(first)
        .extracting(entry -> entry.actor() + " " + entry.action() + " " + entry.kind())
        .containsExactly("root create key", "root create user", "root create project");
    assertThat(second).extracting(Entry::kind).containsExactly("organization");
    // As it is stored, to the last list and digit, but without hashes.
    assertThat(first.get(0).after())
        .isEqualTo(new RecordJson().write(key, 1).replaceAll("\"secretHash\":\"[^\"]*\",", ""));
    assertThat(first.get(0).before()).isEmpty();
    assertThat(
            join(
                trail.newest(
                    id, Optional.empty(), Optional.of(Instant.now().plusSeconds(3600)), 3)))
        .isEmpty();
    assertThat(
            join(
                trail.newest(
                    id, Optional.empty(), Optional.of(Instant.now().minusSeconds(3600)), 9)))
        .hasSize(4);
    join(accounts.replace("root", new Stored<>(user.archived(true), 1)));
    Entry archived = join(trail.newest(id, Optional.empty(), Optional.empty(), 1)).get(0);
    assertThat(archived.before().orElseThrow()).doesNotContain("archived");
    assertThat(archived.after()).contains("\"archived\":true");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void replace_keyThatWouldComeBackOrMove_isRefused(Store store) {
    RedisAccounts accounts = filled(store);
    join(accounts.create("root", new Project(id, "other", "Other", Optional.empty())));
    ApiKey moved =
        new ApiKey(
            id, "k1", "other", key.user(), key.terms(), NOW, key.secret(), Optional.empty(), false);
    conflict(accounts.replace("root", new Stored<>(moved, 1)), "key k1 belongs to project search");
    join(accounts.replace("root", new Stored<>(key.revoke(), 1)));
    conflict(accounts.replace("root", new Stored<>(key, 2)), "key k1 is revoked for ever");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void create_oneKeyMoreThanAUserMayHave_isRefusedUntilOneIsRevoked(Store store) {
    RedisAccounts accounts = filled(store);
    RedisAccounts strict = new RedisAccounts(store.connections(), 2);
    ApiKey second = another();
    join(strict.create("root", second));

    conflict(
        strict.create("root", another()), "user ada@example.org has 2 keys, and may not have more");

    join(accounts.replace("root", new Stored<>(second.revoke(), 1)));
    ApiKey third = another();
    join(strict.create("root", third));
    assertThat(join(accounts.keysOf(id, user.id(), Optional.empty(), 10)).records())
        .extracting(Stored::record)
        .containsExactlyInAnyOrder(key, third);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void list_moreThanAPage_goesOnBehindIt(Store store) {
    RedisAccounts accounts = filled(store);
    for (String name : List.of("a", "z", "m", "M")) {
      join(accounts.create("root", new Project(id, name, name, Optional.empty())));
    }

    Page<Project> first = join(accounts.list(RecordKind.PROJECT, id, Optional.empty(), 3));
    Page<Project> second = join(accounts.list(RecordKind.PROJECT, id, first.next(), 3));

    assertThat(first.records()).extracting(p -> p.record().id()).containsExactly("M", "a", "m");
    assertThat(second.records()).extracting(p -> p.record().id()).containsExactly("search", "z");
    assertThat(second.next()).isEmpty();
    assertThat(join(accounts.list(RecordKind.USER, "nobody", Optional.empty(), 3)).records())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void organizations_created_areInTheIndexOfAll(Store store) {
    RedisAccounts accounts = filled(store);

    assertThat(all(accounts)).contains(id);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void create_conflicting_changesNothing(Store store) {
    RedisAccounts accounts = filled(store);
    long version = version(store);
    KeyText free = KeyText.generate(id, new SecureRandom());
    ApiKey orphan =
        new ApiKey(
            id,
            "k9",
            "gone",
            user.id(),
            KeyTerms.named("n"),
            NOW,
            KeySecret.of(free, NOW),
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
        accounts.replace("root", new Stored<>(new Project(id, "none", "P", Optional.empty()), 1)),
        "there is no project none");

    assertThat(version(store)).isEqualTo(version);
    assertThat(store.commands().xlen(new Keys(id).audit())).isEqualTo(4);
    assertThat(store.commands().zrange(new Keys(id).index(RecordKind.KEY), 0, -1))
        .containsExactly("k1");
    assertThat(
            store
                .commands()
                .exists(
                    new Keys(id).record(RecordKind.KEY, "k9"),
                    new Keys(id).record(RecordKind.KEY, "k2")))
        .isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void changes_areAudited_withoutSecrets(Store store) {
    RedisAccounts accounts = filled(store);
    KeyText second = KeyText.generate(id, new SecureRandom());
    ApiKey rotated = key.rotate(second, NOW, Duration.ofHours(1));
    join(accounts.replace("grace", new Stored<>(rotated, 1)));
    join(accounts.replace("grace", new Stored<>(rotated.revoke(), 2)));
    join(accounts.replace("grace", new Stored<>(user.archived(true), 1)));
    join(accounts.replace("grace", new Stored<>(user, 2)));
    join(accounts.replace("grace", new Stored<>(organization, 1)));

    List<StreamMessage<String, String>> audit =
        store.commands().xrange(new Keys(id).audit(), Range.unbounded());

    assertThat(audit)
        .extracting(entry -> entry.getBody().get("action") + " " + entry.getBody().get("kind"))
        .containsExactly(
            "create organization",
            "create project",
            "create user",
            "create key",
            "rotate key",
            "revoke key",
            "archive user",
            "restore user",
            "replace organization");
    var revoked = audit.get(5).getBody();
    assertThat(revoked).containsEntry("actor", "grace").containsEntry("id", "k1");
    assertThat(revoked.get("before")).contains("\"revoked\":false").contains(text.lastFour());
    assertThat(revoked.get("after")).contains("\"revoked\":true");
    assertThat(audit.toString())
        .doesNotContain(text.hash())
        .doesNotContain(second.hash())
        .doesNotContain("secretHash");
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
    for (AccountRecord record : List.of(organization, project, user, key)) {
      assertThat(join(accounts.create("root", record))).isEqualTo(version(store));
    }
    return accounts;
  }

  private long version(Store store) {
    return Long.parseLong(store.commands().get(new Keys(id).version()));
  }

  private ApiKey withSecret(String keyId, KeyText secret) {
    return new ApiKey(
        id,
        keyId,
        key.project(),
        key.user(),
        key.terms(),
        NOW,
        KeySecret.of(secret, NOW),
        Optional.empty(),
        false);
  }

  /** One more key of the user. */
  private ApiKey another() {
    KeyText secret = KeyText.generate(id, new SecureRandom());
    return ApiKey.issued(secret, key.project(), key.user(), KeyTerms.named("another"), NOW);
  }

  private static List<String> all(RedisAccounts accounts) {
    List<String> ids = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      Page<Organization> page = join(accounts.organizations(after, 2));
      page.records().forEach(stored -> ids.add(stored.record().id()));
      after = page.next();
    } while (after.isPresent());
    return ids;
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
