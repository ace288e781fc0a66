package dev.sluice.usage;

import java.util.Optional;

/**
 * How an admitted request ended: what turns its hold into a true charge.
 *
 * @param usage what the backend reported; empty when it reported nothing
 */
public record Settlement(Ending ending, Optional<Usage> usage) {
  /** Who ended the response. */
  public enum Ending {
    /** The backend answered to the end, whatever the status. */
    COMPLETED,
    /** The client left before the end. */
    DISCONNECTED,
    /** The backend broke off, or was too late. */
    FAILED
  }
}
