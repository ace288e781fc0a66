package dev.sluice.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Rules and requests by chance, of few keys and values so that they meet. What the two servers
 * treat otherwise on purpose does not come up: wildcards that do not end what they stand in, and
 * limits that share a counter with others where there is a local cache.
 *
 * @param random says all
 * @param alike whether all limits of a domain are the same, and requests bring none
 */
record RandomSituations(Random random, boolean alike) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> KEYS = List.of("a", "b", "a_b", "é", "a=b", "*");
  private static final List<String> RULE_KEYS = List.of("a", "a", "b", "a_b", "é", "a=b", "a*");
  private static final List<String> VALUES =
      List.of("", "a", "b", "ab", "abc", "a_b", "*", "a*", "ü", "a=b", "_", "10.0.0.1");
  private static final List<String> UNITS = List.of("day", "week", "MONTH", "Year");
  private static final List<String> NAMES = List.of("one", "two", "three");

  /** The settings of both servers. */
  static Map<String, String> environment(Random random) {
    Map<String, String> environment = new LinkedHashMap<>();
    // How quotas are told of in an answer.
    environment.put("RESPONSE_DYNAMIC_METADATA", "true");
    maybe(random, environment, "LIMIT_RESPONSE_HEADERS_ENABLED", "true", 2);
    maybe(random, environment, "LOCAL_CACHE_SIZE_IN_BYTES", "10000000", 3);
    maybe(random, environment, "STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT", "true", 3);
    maybe(random, environment, "SHADOW_MODE", "true", 5);
    maybe(random, environment, "QUOTA_MODE", "true", 5);
    maybe(random, environment, "CACHE_KEY_PREFIX", "p_", 4);
    maybe(random, environment, "NEAR_LIMIT_RATIO", "0.33", 4);
    return environment;
  }

  private static void maybe(
      Random random, Map<String, String> environment, String name, String value, int oneIn) {
    if (random.nextInt(oneIn) == 0) {
      environment.put(name, value);
    }
  }

  RandomSituation next(String domain) {
    Map<String, Object> rules = new LinkedHashMap<>();
    rules.put("domain", domain);
    Map<String, Object> limit = limit();
    rules.put("descriptors", level(3, limit));
    List<Map<String, Object>> requests = new ArrayList<>();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      requests.add(request(domain));
    }
    return new RandomSituation(rules, requests);
  }

  private List<Map<String, Object>> level(int depth, Map<String, Object> common) {
    List<Map<String, Object>> level = new ArrayList<>();
    Set<String> composites = new LinkedHashSet<>();
    for (int i = random.nextInt(depth == 3 ? 6 : 4); i >= 0; i--) {
      Map<String, Object> rule = new LinkedHashMap<>();
      String key = one(RULE_KEYS);
      String value = one(VALUES);
      // Elsewhere than at the end, a star is no wildcard to the version that is built here.
      if (key.endsWith("*") || value.lastIndexOf('*') < value.length() - 1) {
        value = "";
      }
      if (composites.add(value.isEmpty() ? key : key + "_" + value)) {
        level.add(rule);
      }
      rule.put("key", key);
      if (!value.isEmpty()) {
        rule.put("value", value);
      }
      flag(rule, "shadow_mode", 6);
      flag(rule, "detailed_metric", 5);
      flag(rule, "value_to_metric", 4);
      if ((key + value).endsWith("*")) {
        flag(rule, "share_threshold", 2);
      }
      boolean quota = flag(rule, "quota_mode", 6);
      if (random.nextInt(4) > 0) {
        rule.put("rate_limit", named(alike ? new LinkedHashMap<>(common) : limit(), quota));
      }
      if (depth > 1 && random.nextInt(3) == 0) {
        rule.put("descriptors", level(depth - 1, common));
      }
    }
    return level;
  }

  private boolean flag(Map<String, Object> rule, String name, int oneIn) {
    boolean set = random.nextInt(oneIn) == 0;
    if (set) {
      rule.put(name, true);
    }
    return set;
  }

  private Map<String, Object> limit() {
    Map<String, Object> limit = new LinkedHashMap<>();
    limit.put("unit", one(UNITS));
    limit.put("requests_per_unit", one(List.of(0, 1, 2, 3, 5, 10)));
    return limit;
  }

  private Map<String, Object> named(Map<String, Object> limit, boolean quota) {
    String name = random.nextInt(3) == 0 ? one(NAMES) : "";
    if (quota) {
      limit.put("name", Differences.QUOTA + name);
    } else if (!name.isEmpty()) {
      limit.put("name", name);
    }
    if (random.nextInt(8) == 0) {
      limit.remove("unit");
      limit.put("unlimited", true);
    }
    if (random.nextInt(4) == 0) {
      String other = one(NAMES);
      if (!other.equals(limit.get("name"))) {
        limit.put("replaces", List.of(Map.of("name", other)));
      }
    }
    return limit;
  }

  private Map<String, Object> request(String domain) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("domain", domain);
    if (random.nextInt(3) == 0) {
      request.put("hitsAddend", random.nextInt(5));
    }
    List<Map<String, Object>> descriptors = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      descriptors.add(descriptor());
    }
    request.put("descriptors", descriptors);
    return request;
  }

  private Map<String, Object> descriptor() {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    List<Map<String, String>> entries = new ArrayList<>();
    int depth = one(List.of(0, 1, 1, 1, 1, 2, 2, 3));
    for (int i = 0; i < depth; i++) {
      Map<String, String> entry = new LinkedHashMap<>();
      entry.put("key", one(KEYS));
      entry.put("value", one(VALUES));
      entries.add(entry);
    }
    descriptor.put("entries", entries);
    if (random.nextInt(5) == 0) {
      descriptor.put("hitsAddend", Integer.toString(random.nextInt(4)));
    }
    if (!alike && random.nextInt(12) == 0) {
      Map<String, Object> limit = new LinkedHashMap<>();
      limit.put("requestsPerUnit", random.nextInt(4));
      limit.put("unit", one(List.of("DAY", "MONTH", "YEAR", 7)));
      descriptor.put("limit", limit);
    }
    return descriptor;
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
