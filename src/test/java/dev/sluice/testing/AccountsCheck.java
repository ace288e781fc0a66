package dev.sluice.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Holds all that Redis keeps of the accounts of an organization against each other: records,
 * indexes, secrets, audit and version. By redis/KEYS.md, not by the code that writes them.
 */
public final class AccountsCheck {
  private static final List<String> KINDS = List.of("organization", "project", "user", "key");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RedisClusterCommands<String, String> redis;
  private final String organization;
  private final String prefix;
  private final Map<String, Map<String, JsonNode>> records = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private AccountsCheck(RedisClusterCommands<String, String> redis, String organization) {
    this.redis = redis;
    this.organization = organization;
    this.prefix = "{" + organization + "}:";
  }

  /** What does not agree; for an organization of which all is in the audit. */
  public static List<String> problems(
      RedisClusterCommands<String, String> redis, String organization) {
    AccountsCheck check = new AccountsCheck(redis, organization);
    check.run();
    return List.copyOf(check.problems);
  }

  private void run() {
    KINDS.forEach(kind -> records.put(kind, new TreeMap<>()));
    Map<String, String> indexes = new TreeMap<>();
    Map<String, String> secrets = new TreeMap<>();
    for (String name : redis.keys(prefix + "*")) {
      String[] parts = name.substring(prefix.length()).split(":", 2);
      if (Set.of("rate", "hold", "request").contains(parts[0])) {
        continue;
      }
      hold(redis.ttl(name) == -1, name + " has a TTL");
      switch (parts[0]) {
        case "organization" -> record("organization", organization, name);
        case "project", "user", "key" -> record(parts[0], parts[1], name);
        case "secret" -> secrets.put(parts[1], text(name));
        case "index" -> indexes.put(parts[1], redis.type(name));
        case "version", "audit" -> {}
        default -> problems.add(name + " is nothing that KEYS.md knows");
      }
    }
    records();
    indexes(indexes);
    equal("the secret", secrets, secretsOfRecords());
    audit();
  }

  private void hold(boolean holds, String otherwise) {
    if (!holds) {
      problems.add(otherwise);
    }
  }

  private <T> void equal(String what, Map<String, T> found, Map<String, T> expected) {
    Set<String> names = new TreeSet<>(found.keySet());
    names.addAll(expected.keySet());
    for (String name : names) {
      Optional<T> one = Optional.ofNullable(found.get(name));
      Optional<T> other = Optional.ofNullable(expected.get(name));
      hold(one.equals(other), what + " " + name + " is " + one + ", and should be " + other);
    }
  }

  private String text(String name) {
    String type = redis.type(name);
    return type.equals("string") ? redis.get(name) : "a " + type;
  }

  private Map<String, JsonNode> of(String kind) {
    return records.getOrDefault(kind, Map.of());
  }

  private void record(String kind, String id, String name) {
    JsonNode record = json(redis.get(name));
    of(kind).put(id, record);
    hold(record.path("id").asText().equals(id), name + " says it is " + record.path("id"));
  }

  private void records() {
    boolean any = records.values().stream().anyMatch(those -> !those.isEmpty());
    hold(!any || of("organization").size() == 1, "there is no record of the organization");
    String all = "sluice:organizations";
    hold(
        !any
            || (redis.type(all).equals("zset")
                && Double.valueOf(0).equals(redis.zscore(all, organization))),
        all + " does not have it");
    of("key")
        .forEach(
            (id, key) -> {
              for (String owner : List.of("user", "project")) {
                String its = key.path(owner).asText();
                hold(of(owner).containsKey(its), "key " + id + " is of " + owner + " " + its);
              }
            });
  }

  /**
   * @param found the types by the names
   */
  private void indexes(Map<String, String> found) {
    Map<String, Set<String>> expected = new TreeMap<>();
    for (String kind : List.of("project", "user", "key")) {
      of(kind).keySet().forEach(id -> expected.computeIfAbsent(kind, k -> new TreeSet<>()).add(id));
    }
    of("key")
        .forEach(
            (id, key) -> {
              if (!key.path("revoked").asBoolean()) {
                String name = "keys-of:" + key.path("user").asText();
                expected.computeIfAbsent(name, k -> new TreeSet<>()).add(id);
              }
            });
    Map<String, Set<String>> entries = new TreeMap<>();
    found.forEach(
        (name, type) -> {
          hold(type.equals("zset"), name + " is a " + type);
          if (type.equals("zset")) {
            Set<String> ids = new TreeSet<>();
            redis
                .zrangeWithScores(prefix + "index:" + name, 0, -1)
                .forEach(
                    entry -> {
                      ids.add(entry.getValue());
                      hold(entry.getScore() == 0, name + " has a score");
                    });
            entries.put(name, ids);
          }
        });
    equal("the index", entries, expected);
  }

  private Map<String, String> secretsOfRecords() {
    Map<String, String> hashes = new TreeMap<>();
    of("key")
        .forEach(
            (id, key) -> {
              hashes.put(key.path("secretHash").asText(), id);
              if (key.has("previous")) {
                hashes.put(key.at("/previous/secretHash").asText(), id);
              }
            });
    return hashes;
  }

  /** Told from its beginning, the audit comes to the records as they are. */
  private void audit() {
    Map<String, JsonNode> told = new HashMap<>();
    long version = 0;
    for (StreamMessage<String, String> message :
        redis.xrange(prefix + "audit", Range.unbounded())) {
      Map<String, String> entry = message.getBody();
      String name = entry.get("kind") + ":" + entry.get("id");
      long its = Long.parseLong(entry.get("version"));
      hold(its > version, "the audit goes from version " + version + " to " + its);
      version = its;
      JsonNode before = json(entry.getOrDefault("before", ""));
      JsonNode after = json(entry.getOrDefault("after", ""));
      JsonNode known = told.getOrDefault(name, json(""));
      hold(before.equals(known), name + " was " + known + ", and the audit says " + before);
      hold(
          after.path("revision").asLong() == known.path("revision").asLong() + 1,
          name + " goes to " + after + " from " + known);
      told.put(name, after);
    }
    String stored = redis.get(prefix + "version");
    String last = version == 0 ? null : Long.toString(version);
    hold(
        last == null ? stored == null : last.equals(stored),
        "the version is " + stored + ", and in the audit " + last);
    Map<String, JsonNode> present = new HashMap<>();
    records.forEach(
        (kind, those) -> those.forEach((id, one) -> present.put(kind + ":" + id, redacted(one))));
    equal("by the audit", told, present);
  }

  private static JsonNode redacted(JsonNode record) {
    ObjectNode copy = record.deepCopy();
    copy.remove("secretHash");
    if (copy.path("previous") instanceof ObjectNode previous) {
      previous.remove("secretHash");
    }
    return copy;
  }

  /** Nothing is an empty object; to Lua, so is an empty list. */
  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.isEmpty() ? "{}" : text.replace("[]", "{}"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON: " + text, e);
    }
  }
}
