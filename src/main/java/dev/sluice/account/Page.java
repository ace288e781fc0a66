package dev.sluice.account;

import java.util.List;
import java.util.Optional;

/**
 * Some records of a list.
 *
 * @param next after which id the list goes on; empty at its end
 */
public record Page<R extends AccountRecord>(List<Stored<R>> records, Optional<String> next) {
  public Page {
    records = List.copyOf(records);
  }
}
