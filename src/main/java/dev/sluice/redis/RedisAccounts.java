package dev.sluice.redis;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Ids;
import dev.sluice.account.KeyText;
import dev.sluice.account.Names;
import dev.sluice.account.Organization;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The records in Redis, by the scripts lookup, read, list and change.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}, or with {@link
 * dev.sluice.account.Accounts.RecordConflict} where the port says so.
 */
public final class RedisAccounts implements Accounts {
  /** As the vendor has it. */
  private static final int KEYS_PER_USER = 25;

  /** A script call is bounded. */
  private static final int LARGEST_PAGE = 1_000;

  private final RedisConnections redis;
  private final String keysPerUser;
  private final RecordJson json = new RecordJson();
  private final Script lookup = Script.shipped("lookup");
  private final Script read = Script.shipped("read");
  private final Script list = Script.shipped("list");
  private final Script change = Script.shipped("change");
  private final Script organizations = Script.shipped("organizations");
  private final Script register = Script.shipped("register");

  public RedisAccounts(RedisConnections redis) {
    this(redis, KEYS_PER_USER);
  }

  /**
   * @param keysPerUser how many keys a user may have that are not revoked
   */
  public RedisAccounts(RedisConnections redis, int keysPerUser) {
    this.redis = redis;
    this.keysPerUser = Integer.toString(keysPerUser);
  }

  @Override
  public CompletionStage<Optional<Caller>> caller(KeyText key) {
    Keys names = new Keys(key.organization());
    return redis
        .run(lookup, List.of(names.version(), names.secret(key.hash())), List.of(names.prefix()))
        .thenApply(reply -> reply.isEmpty() ? Optional.empty() : Optional.of(caller(reply)));
  }

  private Caller caller(List<Object> reply) {
    return new Caller(
        json.read(RecordKind.ORGANIZATION, (byte[]) reply.get(4)).record(),
        json.read(RecordKind.PROJECT, (byte[]) reply.get(3)).record(),
        json.read(RecordKind.USER, (byte[]) reply.get(2)).record(),
        json.read(RecordKind.KEY, (byte[]) reply.get(1)).record(),
        (Long) reply.get(0));
  }

  @Override
  public <R extends AccountRecord> CompletionStage<Optional<Stored<R>>> read(
      RecordKind<R> kind, String organization, String id) {
    if (!kind.equals(RecordKind.ORGANIZATION)) {
      Ids.require("id", kind.label(), id);
    }
    return redis
        .run(read, List.of(keys(organization).record(kind, id)), List.of())
        .thenApply(
            reply ->
                Optional.ofNullable((byte[]) reply.get(0)).map(found -> json.read(kind, found)));
  }

  @Override
  public <R extends AccountRecord> CompletionStage<Page<R>> list(
      RecordKind<R> kind, String organization, Optional<String> after, int most) {
    if (kind.equals(RecordKind.ORGANIZATION)) {
      throw new IllegalArgumentException("an organization has no list of organizations");
    }
    Keys names = keys(organization);
    return page(kind, names.index(kind), names.records(kind), after, most);
  }

  @Override
  public CompletionStage<Page<ApiKey>> keysOf(
      String organization, String user, Optional<String> after, int most) {
    Ids.require("user", "user", user);
    Keys names = keys(organization);
    return page(RecordKind.KEY, names.keysOf(user), names.records(RecordKind.KEY), after, most);
  }

  private <R extends AccountRecord> CompletionStage<Page<R>> page(
      RecordKind<R> kind, String index, String records, Optional<String> after, int most) {
    return redis
        .run(list, List.of(index), List.of(records, after.orElse(""), size(most)))
        .thenApply(
            reply ->
                new Page<>(
                    reply.stream().skip(1).map(found -> json.read(kind, (byte[]) found)).toList(),
                    Optional.of(text(reply.get(0))).filter(next -> !next.isEmpty())));
  }

  @Override
  public CompletionStage<Page<Organization>> organizations(Optional<String> after, int most) {
    return redis
        .run(organizations, List.of(Keys.ORGANIZATIONS), List.of(after.orElse(""), size(most)))
        .thenCompose(ids -> organizations(ids.stream().map(RedisAccounts::text).toList(), most));
  }

  /** Each is in a slot of its own. What the index has too much, is passed over. */
  private CompletionStage<Page<Organization>> organizations(List<String> ids, int most) {
    List<CompletableFuture<Optional<Stored<Organization>>>> reads =
        ids.stream()
            .map(id -> read(RecordKind.ORGANIZATION, id, id).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done ->
                new Page<>(
                    reads.stream().flatMap(read -> read.join().stream()).toList(),
                    ids.size() < most ? Optional.empty() : Optional.of(ids.get(most - 1))));
  }

  @Override
  public CompletionStage<Long> create(String actor, AccountRecord created) {
    return add("create", actor, created);
  }

  @Override
  public CompletionStage<Long> restore(String actor, AccountRecord lost) {
    return add("restore", actor, lost);
  }

  private CompletionStage<Long> add(String verb, String actor, AccountRecord created) {
    if (!(created instanceof Organization)) {
      return change(verb, actor, new Stored<>(created, 0));
    }
    // First into the index: an entry without a record does no harm, a record without one is lost
    // to whoever looks for it.
    return redis
        .run(register, List.of(Keys.ORGANIZATIONS), List.of("in", created.id()))
        .thenCompose(in -> change(verb, actor, new Stored<>(created, 0)));
  }

  @Override
  public CompletionStage<Long> replace(String actor, Stored<? extends AccountRecord> replacement) {
    return change("replace", actor, replacement);
  }

  private CompletionStage<Long> change(
      String verb, String actor, Stored<? extends AccountRecord> changed) {
    Names.require("actor", actor);
    AccountRecord record = changed.record();
    Keys names = new Keys(record.organization());
    List<String> arguments = new ArrayList<>();
    arguments.add(verb);
    arguments.add(actor);
    arguments.add(RecordKind.of(record).label());
    arguments.add(record.id());
    arguments.add(json.write(record, changed.revision() + 1));
    arguments.add(names.prefix());
    arguments.add(Long.toString(changed.revision()));
    arguments.add(keysPerUser);
    return redis
        .run(change, List.of(names.version(), names.organizationRecord(), names.audit()), arguments)
        .thenApply(reply -> version(reply, changed));
  }

  private static long version(List<Object> reply, Stored<? extends AccountRecord> changed) {
    AccountRecord record = changed.record();
    return switch (((Long) reply.get(0)).intValue()) {
      case 1 -> (Long) reply.get(1);
      case 2 ->
          throw new StaleRevision(
              RecordKind.of(record).label() + " " + record.id(),
              changed.revision(),
              (Long) reply.get(1));
      default -> throw new RecordConflict(text(reply.get(1)));
    };
  }

  /** What somebody typed must not lead to other keys. */
  private static Keys keys(String organization) {
    Ids.requireOrganization(organization);
    return new Keys(organization);
  }

  private static String size(int most) {
    if (most < 1 || most > LARGEST_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + LARGEST_PAGE + ": " + most);
    }
    return Integer.toString(most);
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }
}
