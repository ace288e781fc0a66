package dev.sluice.tls;

/**
 * Tells when files hold something new: once it was the same in two looks, so that who writes two
 * files one after the other is not disturbed between them. Of one thread.
 */
public final class Settling {
  private String seen;
  private String judged;

  /**
   * @param digest of what was in the files when they were read first
   */
  public Settling(String digest) {
    this.seen = digest;
    this.judged = digest;
  }

  /** Whether it is new, told once. */
  public boolean isNew(String digest) {
    boolean settled = digest.equals(seen);
    seen = digest;
    if (!settled || digest.equals(judged)) {
      return false;
    }
    judged = digest;
    return true;
  }
}
