package dev.sluice.account;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The port to what was changed of the records: by whom, when, and how it was before and after. */
public interface AuditTrail {
  /**
   * A change.
   *
   * @param position where it stands in the trail; later ones stand behind it
   * @param actor who made it
   * @param action {@code create}, {@code replace}, {@code archive}, {@code restore}, {@code revoke}
   *     or {@code rotate}
   * @param kind of the record, as {@link RecordKind#label}
   * @param id of the record
   * @param before the record as JSON, without the hashes of secrets; empty when there was none
   * @param after the same of what it became
   */
  record Entry(
      String position,
      Instant time,
      String actor,
      String action,
      String kind,
      String id,
      Optional<String> before,
      String after) {}

  /**
   * Entries of an organization, the newest first. Returns at once; fails when the store does not
   * answer in time.
   *
   * @param position before which to begin; empty for the newest
   * @param since nothing older than this; empty for all that is kept
   * @param most how many at most; when there are as many, there may be more
   */
  CompletionStage<List<Entry>> newest(
      String organization, Optional<String> position, Optional<Instant> since, int most);
}
