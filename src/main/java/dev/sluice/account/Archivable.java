package dev.sluice.account;

/**
 * A record that can be taken out of service and brought back; what it has used stays on record.
 *
 * @param <R> its own type
 */
public sealed interface Archivable<R extends Archivable<R>> extends AccountRecord
    permits Organization, Project, User {
  /** Whether none of its keys is honoured. */
  boolean archived();

  /** The same, archived or back. */
  R archived(boolean now);
}
