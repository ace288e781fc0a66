package dev.sluice.redis;

import dev.sluice.account.RecordKind;
import dev.sluice.admission.Scope;

/**
 * The names of all keys of one organization; redis/KEYS.md describes them.
 *
 * <p>They share a hash tag, so that one script may touch all of them on a Redis Cluster. Ids hold
 * no colon and no brace; a model's name may, and therefore stands last.
 */
record Keys(String organization) {
  /** The index of all organizations, in a slot of its own. */
  static final String ORGANIZATIONS = "sluice:organizations";

  /** Since when uses of keys are recorded, in a slot of its own. */
  static final String KEY_USES_SINCE = "sluice:key-uses-since";

  /** What every key of the organization starts with. */
  String prefix() {
    return "{" + organization + "}:";
  }

  String version() {
    return prefix() + "version";
  }

  String organizationRecord() {
    return prefix() + "organization";
  }

  /** When its keys were last used. */
  String lastUsed() {
    return prefix() + "last-used";
  }

  String audit() {
    return prefix() + "audit";
  }

  String record(RecordKind<?> kind, String id) {
    return kind.equals(RecordKind.ORGANIZATION) ? organizationRecord() : records(kind) + id;
  }

  /** What the keys of the records of a kind start with. */
  String records(RecordKind<?> kind) {
    return prefix() + kind.label() + ":";
  }

  /** The ids of the records of a kind. */
  String index(RecordKind<?> kind) {
    return prefix() + "index:" + kind.label();
  }

  /** The ids of the keys of a user that are not revoked. */
  String keysOf(String user) {
    return prefix() + "index:keys-of:" + user;
  }

  String secret(String hash) {
    return prefix() + "secret:" + hash;
  }

  String hold(String id) {
    return prefix() + "hold:" + id;
  }

  /** That a hold was adopted: longer than the hold itself, for it may be told of again. */
  String adopted(String id) {
    return prefix() + "adopted:" + id;
  }

  /** What the attempts of a request share. */
  String request(String id) {
    return prefix() + "request:" + id;
  }

  /** The rolling windows of a scope. */
  String rate(Scope scope) {
    return scope("rate", scope);
  }

  /** The holds of a scope that limits how many run. */
  String running(Scope scope) {
    return scope("running", scope);
  }

  /** The same of limits in shadow: what there would be if these were enforced. */
  String shadowRate(Scope scope) {
    return scope("shadow-rate", scope);
  }

  /** The same of what runs. */
  String shadowRunning(Scope scope) {
    return scope("shadow-running", scope);
  }

  /** The end users of a record that are counted. */
  String endUsers(Scope scope) {
    return endUsers("end-users", scope);
  }

  /** The same for limits in shadow. */
  String shadowEndUsers(Scope scope) {
    return endUsers("shadow-end-users", scope);
  }

  private String endUsers(String counted, Scope scope) {
    return prefix() + counted + ":" + scope.level().label() + ":" + scope.id();
  }

  private String scope(String counted, Scope scope) {
    String kind = scope.endUser().isPresent() ? counted + "-end-user" : counted;
    String record =
        scope.level().label()
            + ":"
            + scope.id()
            + scope.endUser().map(user -> ":" + user.id()).orElse("");
    if (scope.part() instanceof Scope.Part.OfModel one) {
      return prefix() + kind + ":" + record + ":" + one.model();
    } else if (scope.part() instanceof Scope.Part.OfTier one) {
      return prefix() + kind + "-tier:" + record + ":" + one.tier();
    } else if (scope.part() instanceof Scope.Part.OfBlock one) {
      String tier = withoutColon(one.tier());
      return prefix() + kind + "-block:" + record + ":" + tier + ":" + one.block();
    }
    return prefix() + kind + ":" + record;
  }

  /** Only what stands last may have a colon. */
  private static String withoutColon(String name) {
    return name.replace("%", "%25").replace(":", "%3A");
  }
}
