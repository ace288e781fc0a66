package dev.sluice.account;

/**
 * A record as the store has it.
 *
 * @param revision 1 when it was created, and one more with every change since
 */
public record Stored<R extends AccountRecord>(R record, long revision) {

  /** Another record in the place of this one, if this one is still there by then. */
  public Stored<R> with(R replacement) {
    return new Stored<>(replacement, revision);
  }
}
