package dev.sluice.admission;

import dev.sluice.account.StoreFailure;

/** What a store that is away says. */
final class Away extends RuntimeException implements StoreFailure {
  private static final long serialVersionUID = 1L;

  Away() {
    super("away");
  }

  @Override
  public boolean away() {
    return true;
  }
}
