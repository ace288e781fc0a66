package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts.RecordConflict;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import dev.sluice.testing.AccountsCheck;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Random changes, several at once, against a plain model of what the records then are.
 *
 * <p>The version that each change returns says in which order they were done: the model takes them
 * in this order. What was refused must have been wrong at some point between those that were done
 * at the same time.
 */
final class AccountProperties {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final int KEYS_PER_USER = 3;

  private enum What {
    CREATE,
    RENAME,
    OWN,
    ARCHIVE,
    RESTORE,
    ROTATE,
    REVOKE,
    /** Of a backup. */
    PUT_BACK
  }

  /**
   * A change that somebody makes.
   *
   * @param kind 0 organization, 1 project, 2 user, 3 and above key
   * @param stale by a revision that somebody else has overwritten
   */
  private record Intent(What what, int kind, int number, int owner, boolean stale) {}

  /**
   * A change as it is asked for.
   *
   * @param expected 0 for a new record
   * @param backup whether it is one of a backup
   */
  private record Change(AccountRecord record, long expected, boolean backup) {}

  private record Done(Change change, long version) {}

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void changes_manyAtOnce_leaveWhatTheModelSays(
      @ForAll Store store, @ForAll("rounds") List<List<Intent>> rounds) {
    String id = "prop-" + UUID.randomUUID().toString().substring(0, 12);
    RedisAccounts accounts = new RedisAccounts(store.connections(), KEYS_PER_USER);
    Model model = new Model(id);
    play(accounts, model, List.of(new Intent(What.CREATE, 0, 0, 0, false)));
    for (List<Intent> round : rounds) {
      play(accounts, model, round);
    }
    model.holds(accounts, store);
  }

  private static void play(RedisAccounts accounts, Model model, List<Intent> round) {
    List<Change> changes = round.stream().flatMap(intent -> model.change(intent).stream()).toList();
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (Change change : changes) {
      answers.add(ask(accounts, change).toCompletableFuture());
    }
    List<Done> done = new ArrayList<>();
    List<Change> refused = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      try {
        done.add(new Done(changes.get(i), answers.get(i).join()));
      } catch (CompletionException e) {
        assertThat(e.getCause()).isInstanceOf(RecordConflict.class);
        refused.add(changes.get(i));
      }
    }
    done.sort(Comparator.comparingLong(Done::version));
    List<Change> never = new ArrayList<>(refused);
    never.removeIf(change -> !model.fits(change));
    for (Done one : done) {
      assertThat(one.version()).isGreaterThan(model.version);
      assertThat(model.fits(one.change())).as("%s fits %s", one, model.records).isTrue();
      model.take(one);
      never.removeIf(change -> !model.fits(change));
    }
    assertThat(never).as("refused without a reason; %s", model.records).isEmpty();
  }

  private static CompletionStage<Long> ask(RedisAccounts accounts, Change change) {
    if (change.expected() > 0) {
      return accounts.replace("prop", new Stored<>(change.record(), change.expected()));
    }
    return change.backup()
        ? accounts.restore("prop", change.record())
        : accounts.create("prop", change.record());
  }

  @Provide
  Arbitrary<List<List<Intent>>> rounds() {
    Arbitrary<Intent> intents =
        Combinators.combine(
                Arbitraries.frequency(
                    Tuple.of(6, What.CREATE),
                    Tuple.of(2, What.RENAME),
                    Tuple.of(2, What.OWN),
                    Tuple.of(1, What.ARCHIVE),
                    Tuple.of(2, What.RESTORE),
                    Tuple.of(2, What.ROTATE),
                    Tuple.of(1, What.REVOKE),
                    Tuple.of(1, What.PUT_BACK)),
                Arbitraries.integers().between(0, 6),
                Arbitraries.integers().between(0, 6),
                Arbitraries.integers().between(0, 1),
                Arbitraries.integers().between(0, 9).map(n -> n == 0))
            .as(Intent::new);
    return intents.list().ofMinSize(1).ofMaxSize(6).list().ofMinSize(1).ofMaxSize(25);
  }

  /** The records as a map, and the rules as plain conditions. */
  private static final class Model {
    private final String id;
    private final Map<String, Stored<AccountRecord>> records = new HashMap<>();
    private final Map<String, KeyText> texts = new HashMap<>();
    private long version;

    private Model(String id) {
      this.id = id;
    }

    private static String name(AccountRecord record) {
      return RecordKind.of(record).label() + ":" + record.id();
    }

    private Optional<AccountRecord> found(String name) {
      return Optional.ofNullable(records.get(name)).map(Stored::record);
    }

    private static boolean archived(Optional<AccountRecord> found) {
      AccountRecord record = found.orElseThrow();
      return (record instanceof Organization one && one.archived())
          || (record instanceof Project two && two.archived())
          || (record instanceof User three && three.archived());
    }

    /** What an intent asks for, by the records as they are now. */
    private Optional<Change> change(Intent intent) {
      AccountRecord fresh = fresh(intent);
      Optional<Stored<AccountRecord>> found = Optional.ofNullable(records.get(name(fresh)));
      boolean backup = intent.what() == What.PUT_BACK;
      if (intent.what() == What.CREATE || backup || found.isEmpty()) {
        boolean creates = intent.what() == What.CREATE || backup;
        return Optional.of(new Change(fresh, creates ? 0 : 1, backup));
      }
      long expected = found.get().revision() + (intent.stale() ? 1 : 0);
      return changed(intent, found.get().record())
          .map(record -> new Change(record, expected, false));
    }

    private AccountRecord fresh(Intent intent) {
      String n = Integer.toString(intent.number());
      return switch (intent.kind()) {
        case 0 -> new Organization(id, id, Optional.empty());
        case 1 -> new Project(id, "p" + intent.owner(), "P", Optional.empty());
        case 2 -> new User(id, "u" + intent.owner(), "U", Role.DEVELOPER, Optional.empty());
        default -> key("k" + n + intent.owner(), "p" + intent.owner(), "u" + intent.owner());
      };
    }

    private ApiKey key(String key, String project, String user) {
      return new ApiKey(
          id,
          key,
          project,
          user,
          KeyTerms.named("n"),
          NOW,
          KeySecret.of(text(), NOW),
          Optional.empty(),
          false);
    }

    private KeyText text() {
      KeyText text = KeyText.generate(id, new SecureRandom());
      texts.put(text.hash(), text);
      return text;
    }

    private Optional<AccountRecord> changed(Intent intent, AccountRecord record) {
      boolean archive = intent.what() == What.ARCHIVE;
      if (record instanceof ApiKey key) {
        return Optional.of(
            switch (intent.what()) {
              case ROTATE -> key.revoked() ? key : key.rotate(text(), NOW, Duration.ofHours(1));
              case REVOKE -> key.revoke();
              default -> key.under(key.terms().withTier(Optional.of("t" + intent.number())));
            });
      }
      if (intent.what() == What.ROTATE || intent.what() == What.REVOKE) {
        return Optional.empty();
      }
      if (intent.what() == What.OWN) {
        // One of three users, of whom the last never is.
        return record instanceof Project one
            ? Optional.of(one.withOwners(Set.of("u" + intent.number() % 3)))
            : Optional.empty();
      }
      boolean rename = intent.what() == What.RENAME;
      if (record instanceof Organization one) {
        return Optional.of(rename ? one.withName("n" + intent.number()) : one.archived(archive));
      } else if (record instanceof Project one) {
        return Optional.of(rename ? one.withName("n" + intent.number()) : one.archived(archive));
      }
      return Optional.of(((User) record).archived(archive));
    }

    /** Whether a change may be made now. */
    private boolean fits(Change change) {
      AccountRecord record = change.record();
      Optional<Stored<AccountRecord>> before = Optional.ofNullable(records.get(name(record)));
      if (change.expected() > 0) {
        return before.isPresent()
            && before.get().revision() == change.expected()
            && !(before.get().record() instanceof ApiKey old
                && old.revoked()
                && !((ApiKey) record).revoked())
            && !(before.get().record() instanceof Project project
                && ((Project) record)
                    .owners().stream()
                        .filter(owner -> !project.owners().contains(owner))
                        .anyMatch(owner -> !stands("user:" + owner)));
      }
      if (before.isPresent()) {
        return false;
      }
      if (record instanceof Organization) {
        return true;
      }
      if (change.backup()) {
        return found("organization:" + id).isPresent()
            && (!(record instanceof ApiKey key)
                || (found("project:" + key.project()).isPresent()
                    && found("user:" + key.user()).isPresent()));
      }
      if (!stands("organization:" + id)) {
        return false;
      }
      return !(record instanceof ApiKey key)
          || (stands("project:" + key.project())
              && stands("user:" + key.user())
              && keysOf(key.user()).size() < KEYS_PER_USER);
    }

    private boolean stands(String name) {
      return found(name).isPresent() && !archived(found(name));
    }

    private Set<ApiKey> keysOf(String user) {
      return of(ApiKey.class).stream()
          .filter(key -> key.user().equals(user) && !key.revoked())
          .collect(Collectors.toSet());
    }

    private <R extends AccountRecord> Set<R> of(Class<R> type) {
      return records.values().stream()
          .map(Stored::record)
          .filter(type::isInstance)
          .map(type::cast)
          .collect(Collectors.toSet());
    }

    private void take(Done done) {
      Change change = done.change();
      records.put(name(change.record()), new Stored<>(change.record(), change.expected() + 1));
      version = done.version();
    }

    /** Holds what Redis has against this. */
    private void holds(RedisAccounts accounts, Store store) {
      Keys names = new Keys(id);
      String stored = store.commands().get(names.version());
      assertThat(stored == null ? 0 : Long.parseLong(stored)).isEqualTo(version);
      assertThat(AccountsCheck.problems(store.commands(), id)).isEmpty();
      records.values().forEach(one -> assertThat(read(accounts, one.record())).contains(one));
      assertThat(list(accounts, RecordKind.PROJECT)).isEqualTo(of(Project.class));
      assertThat(list(accounts, RecordKind.USER)).isEqualTo(of(User.class));
      assertThat(list(accounts, RecordKind.KEY)).isEqualTo(of(ApiKey.class));
      for (User user : of(User.class)) {
        assertThat(
                join(accounts.keysOf(id, user.id(), Optional.empty(), 100)).records().stream()
                    .map(Stored::record)
                    .collect(Collectors.toSet()))
            .isEqualTo(keysOf(user.id()));
      }
      Map<String, ApiKey> byHash = new HashMap<>();
      for (ApiKey key : of(ApiKey.class)) {
        byHash.put(key.secret().hash(), key);
        key.previous().ifPresent(previous -> byHash.put(previous.secret().hash(), key));
      }
      texts.forEach(
          (hash, text) ->
              assertThat(join(accounts.caller(text)).map(caller -> caller.key()))
                  .isEqualTo(Optional.ofNullable(byHash.get(hash))));
    }

    private <R extends AccountRecord> Set<R> list(RedisAccounts accounts, RecordKind<R> kind) {
      return join(accounts.list(kind, id, Optional.empty(), 1000)).records().stream()
          .map(Stored::record)
          .collect(Collectors.toSet());
    }

    private Optional<Stored<AccountRecord>> read(RedisAccounts accounts, AccountRecord record) {
      return join(accounts.read(RecordKind.of(record), id, record.id()))
          .map(stored -> new Stored<>(stored.record(), stored.revision()));
    }
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
