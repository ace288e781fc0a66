package dev.sluice.redis;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.User;
import dev.sluice.admission.Scope;

/**
 * The names of all keys of one organization; redis/KEYS.md describes them.
 *
 * <p>They share a hash tag, so that one script may touch all of them on a Redis Cluster. Ids hold
 * no colon and no brace; a model's name may, and therefore stands last.
 */
record Keys(String organization) {
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

  String audit() {
    return prefix() + "audit";
  }

  String key(String id) {
    return prefix() + "key:" + id;
  }

  String secret(String hash) {
    return prefix() + "secret:" + hash;
  }

  String hold(String id) {
    return prefix() + "hold:" + id;
  }

  /** What the attempts of a request share. */
  String request(String id) {
    return prefix() + "request:" + id;
  }

  String rate(Scope scope) {
    String key = prefix() + "rate:" + scope.level().label() + ":" + scope.id();
    return scope.model().map(model -> key + ":" + model).orElse(key);
  }

  /** The kind of a record, as it is written in keys and in the audit. */
  static String kind(AccountRecord record) {
    if (record instanceof Organization) {
      return "organization";
    } else if (record instanceof Project) {
      return "project";
    } else if (record instanceof User) {
      return "user";
    } else if (record instanceof ApiKey) {
      return "key";
    }
    throw new IllegalArgumentException("a record of an unknown kind: " + record.getClass());
  }
}
