package dev.sluice.account;

/** Is told which keys are in use. Returns at once, never fails, and may be called on any thread. */
@FunctionalInterface
public interface KeyUse {
  /** Whom nobody asks. */
  KeyUse IGNORED = key -> {};

  /** A key was honoured for a request just now, whatever then became of the request. */
  void used(ApiKey key);
}
