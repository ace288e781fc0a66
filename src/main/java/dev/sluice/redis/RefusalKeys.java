package dev.sluice.redis;

/**
 * The names of the keys of refusals that are kept; redis/KEYS.md describes them. They share a hash
 * tag that no organization can have.
 */
enum RefusalKeys {
  /** Of those whose key is known. */
  OF_CALLERS("callers"),
  /** Of everybody else. */
  OF_STRANGERS("strangers");

  private static final String TAG = "{sluice:refusals}:";

  private final String whose;

  RefusalKeys(String whose) {
    this.whose = whose;
  }

  /** The ids of their requests. */
  String index() {
    return TAG + whose;
  }

  /** What the keys of the refusals start with. */
  String prefix() {
    return TAG + "of-" + whose + ":";
  }

  /** Those of one request. */
  String of(String requestId) {
    return prefix() + requestId;
  }
}
