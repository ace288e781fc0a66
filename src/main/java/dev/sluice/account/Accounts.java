package dev.sluice.account;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port to the records.
 *
 * <p>Each call is one script in the slot of one organization. Calls return at once and may be made
 * on an event loop; a stage completes exceptionally when the store does not answer in time.
 */
public interface Accounts {
  /** The caller that a key stands for; empty when there is no such key. */
  CompletionStage<Optional<Caller>> caller(KeyText key);

  /** A key's record by its id. */
  CompletionStage<Optional<ApiKey>> key(String organization, String id);

  /**
   * Writes a new record with its indexes and an audit entry, and raises the organization's version,
   * all together or not at all.
   *
   * @param actor who does it, for the audit
   * @return the organization's new version; fails with {@link RecordConflict} when the record
   *     exists, or when one that it refers to does not
   */
  CompletionStage<Long> create(String actor, AccountRecord created);

  /**
   * Replaces a record, with the same guarantees as {@link #create}.
   *
   * @return the organization's new version; fails with {@link RecordConflict} when there is no such
   *     record
   */
  CompletionStage<Long> replace(String actor, AccountRecord replacement);

  /** A change that does not fit the records that are there; nothing was written. */
  final class RecordConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecordConflict(String message) {
      super(message);
    }
  }
}
