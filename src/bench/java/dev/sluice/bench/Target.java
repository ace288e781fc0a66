package dev.sluice.bench;

/**
 * What is measured.
 *
 * @param url its base
 * @param key presented to it; the ones that need none ignore it
 * @param process whose CPU time counts
 */
record Target(Kind kind, String url, String key, ProcessHandle process) {
  /** The same by another way. */
  Target at(String otherUrl) {
    return new Target(kind, otherUrl, key, process);
  }

  /** What stands between the client and the backend. */
  enum Kind {
    STRAIGHT("straight"),
    PROXY("bare proxy"),
    SLUICE("Sluice");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
