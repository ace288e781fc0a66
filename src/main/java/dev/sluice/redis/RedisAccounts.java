package dev.sluice.redis;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The records in Redis, by the scripts lookup, read and change.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}, or with {@link
 * dev.sluice.account.Accounts.RecordConflict} where the port says so.
 */
public final class RedisAccounts implements Accounts {
  private final RedisConnections redis;
  private final RecordJson json = new RecordJson();
  private final Script lookup = Script.shipped("lookup");
  private final Script read = Script.shipped("read");
  private final Script change = Script.shipped("change");

  public RedisAccounts(RedisConnections redis) {
    this.redis = redis;
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
        json.organization((byte[]) reply.get(4)),
        json.project((byte[]) reply.get(3)),
        json.user((byte[]) reply.get(2)),
        json.key((byte[]) reply.get(1)),
        (Long) reply.get(0));
  }

  @Override
  public CompletionStage<Optional<ApiKey>> key(String organization, String id) {
    return redis
        .run(read, List.of(new Keys(organization).key(id)), List.of())
        .thenApply(reply -> Optional.ofNullable((byte[]) reply.get(0)).map(json::key));
  }

  @Override
  public CompletionStage<Long> create(String actor, AccountRecord created) {
    return change("create", actor, created);
  }

  @Override
  public CompletionStage<Long> replace(String actor, AccountRecord replacement) {
    return change("replace", actor, replacement);
  }

  private CompletionStage<Long> change(String verb, String actor, AccountRecord record) {
    Keys names = new Keys(record.organization());
    return redis
        .run(
            change,
            List.of(names.version(), names.organizationRecord(), names.audit()),
            List.of(
                verb, actor, Keys.kind(record), record.id(), json.write(record), names.prefix()))
        .thenApply(RedisAccounts::version);
  }

  private static long version(List<Object> reply) {
    if ((Long) reply.get(0) == 0) {
      throw new RecordConflict(new String((byte[]) reply.get(1), StandardCharsets.UTF_8));
    }
    return (Long) reply.get(1);
  }
}
