package dev.sluice.redis;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Every key stands for a caller who exists nowhere, so that a server can try its doors before they
 * open. Redis is asked, and the records are read, as for any caller; nothing is written.
 */
public final class RehearsalAccounts implements Accounts {
  private static final String NOBODY = "rehearsal";

  private final RedisAccounts real;
  private final RecordJson json = new RecordJson();
  private final Optional<String> tier;

  /**
   * @param tier of the caller
   */
  public RehearsalAccounts(RedisAccounts real, Optional<String> tier) {
    this.real = real;
    this.tier = tier;
  }

  @Override
  public CompletionStage<Optional<Caller>> caller(KeyText key) {
    return real.caller(key).thenApply(nobody -> Optional.of(madeUp(key)));
  }

  private Caller madeUp(KeyText key) {
    String organization = key.organization();
    return new Caller(
        json.organization(bytes(new Organization(organization, NOBODY, Optional.empty()))),
        json.project(bytes(new Project(organization, NOBODY, NOBODY, Optional.empty()))),
        json.user(bytes(new User(organization, NOBODY, NOBODY, Role.DEVELOPER, Optional.empty()))),
        json.key(
            bytes(
                new ApiKey(
                    organization,
                    NOBODY,
                    NOBODY,
                    NOBODY,
                    NOBODY,
                    key.hash(),
                    key.lastFour(),
                    tier,
                    Optional.empty(),
                    false))),
        // Not the version that is in Redis: so nothing is counted for nobody.
        1);
  }

  private byte[] bytes(AccountRecord record) {
    return json.write(record).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public CompletionStage<Optional<ApiKey>> key(String organization, String id) {
    return real.key(organization, id);
  }

  @Override
  public CompletionStage<Long> create(String actor, AccountRecord created) {
    throw new IllegalStateException("a rehearsal writes nothing");
  }

  @Override
  public CompletionStage<Long> replace(String actor, AccountRecord replacement) {
    throw new IllegalStateException("a rehearsal writes nothing");
  }
}
