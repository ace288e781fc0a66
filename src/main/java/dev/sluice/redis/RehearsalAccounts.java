package dev.sluice.redis;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.CallerLookup;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Every key stands for a caller who exists nowhere, so that a server can try its doors before they
 * open. Redis is asked, and the records are read, as for any caller; nothing is written.
 */
public final class RehearsalAccounts implements CallerLookup {
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
    ApiKey nobodys =
        ApiKey.issued(key, NOBODY, NOBODY, KeyTerms.named(NOBODY).withTier(tier), Instant.now());
    return new Caller(
        reread(RecordKind.ORGANIZATION, new Organization(organization, NOBODY, Optional.empty())),
        reread(RecordKind.PROJECT, new Project(organization, NOBODY, NOBODY, Optional.empty())),
        reread(
            RecordKind.USER,
            new User(organization, NOBODY, NOBODY, Role.DEVELOPER, Optional.empty())),
        reread(RecordKind.KEY, nobodys),
        // Not the version that is in Redis: so nothing is counted for nobody.
        1);
  }

  private <R extends AccountRecord> R reread(RecordKind<R> kind, R record) {
    return json.read(kind, json.write(record, 1).getBytes(StandardCharsets.UTF_8)).record();
  }
}
