package dev.sluice.account;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port to the records.
 *
 * <p>Each call but {@link #organizations} is one script in the slot of one organization. Calls
 * return at once and may be made on an event loop; a stage completes exceptionally when the store
 * does not answer in time.
 */
public interface Accounts extends CallerLookup {
  /** A record by its id. */
  <R extends AccountRecord> CompletionStage<Optional<Stored<R>>> read(
      RecordKind<R> kind, String organization, String id);

  /**
   * Records of one kind in the order of their ids. One that is there all the while is on exactly
   * one page.
   *
   * @param after the id behind which the page begins; empty for the first one
   * @param most how many at most
   */
  <R extends AccountRecord> CompletionStage<Page<R>> list(
      RecordKind<R> kind, String organization, Optional<String> after, int most);

  /** The keys of a user that are not revoked, in the order of their ids. */
  CompletionStage<Page<ApiKey>> keysOf(
      String organization, String user, Optional<String> after, int most);

  /** All organizations, as {@link #list}, from an index that is derived from the records. */
  CompletionStage<Page<Organization>> organizations(Optional<String> after, int most);

  /**
   * Writes a new record with its indexes and an audit entry, and raises the organization's version,
   * all together or not at all.
   *
   * @param actor who does it, for the audit
   * @return the organization's new version; fails with {@link RecordConflict} when the record
   *     exists, when one that it refers to does not or is archived, or when its user has as many
   *     keys as may be
   */
  CompletionStage<Long> create(String actor, AccountRecord created);

  /**
   * Writes a record of a backup that is not there any more: as {@link #create}, but also below what
   * is archived, and however many keys its user has.
   */
  CompletionStage<Long> restore(String actor, AccountRecord lost);

  /**
   * Replaces a record, with the same guarantees as {@link #create}.
   *
   * @return the organization's new version; fails with {@link StaleRevision} when the record has
   *     changed since, with {@link RecordConflict} when there is no such record, or when a key that
   *     was revoked would come back, or would go to another user or project
   */
  CompletionStage<Long> replace(String actor, Stored<? extends AccountRecord> replacement);

  /** A change that does not fit the records that are there; nothing was written. */
  class RecordConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecordConflict(String message) {
      super(message);
    }
  }

  /** A change to a record that somebody else has changed meanwhile; nothing was written. */
  final class StaleRevision extends RecordConflict {
    private static final long serialVersionUID = 1L;

    private final long expected;
    private final long actual;

    public StaleRevision(String record, long expected, long actual) {
      super(record + " is at revision " + actual + ", not at " + expected);
      this.expected = expected;
      this.actual = actual;
    }

    /** At which the change was made. */
    public long expected() {
      return expected;
    }

    /** At which the record is. */
    public long actual() {
      return actual;
    }
  }
}
