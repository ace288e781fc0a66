package dev.sluice.comparison;

import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.RuleLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * A situation as data, so that parts of it can be left out.
 *
 * @param rules as a file of rules
 * @param requests as protobuf writes them in JSON
 */
record RandomSituation(Map<String, Object> rules, List<Map<String, Object>> requests) {
  /** Without these, what they stand in is something else, or nothing. */
  private static final Set<String> NEEDED =
      Set.of("domain", "key", "unit", "requests_per_unit", "requestsPerUnit", "descriptors");

  /** For another domain, that of its name. */
  RandomSituation renamed(String domain) {
    Map<String, Object> renamed = new LinkedHashMap<>(rules);
    renamed.put("domain", domain);
    List<Map<String, Object>> asked = new ArrayList<>();
    for (Map<String, Object> request : requests) {
      Map<String, Object> other = new LinkedHashMap<>(request);
      other.put("domain", domain);
      asked.add(other);
    }
    return new RandomSituation(renamed, asked);
  }

  String name() {
    return String.valueOf(rules.get("domain"));
  }

  Situation situation() {
    return new Situation(
        name(),
        name() + ".yaml",
        yaml(),
        requests.stream().map(RandomSituations::json).toList(),
        List.of());
  }

  private String yaml() {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setAllowUnicode(true);
    return new Yaml(options).dump(copy(rules));
  }

  /** No part of it twice, which YAML would say by an alias. */
  private static Object copy(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, each) -> copy.put(key, copy(each)));
      return copy;
    }
    return value instanceof List<?> list
        ? new ArrayList<>(list.stream().map(RandomSituation::copy).toList())
        : value;
  }

  /** Every situation that is this one without one part, as far as its rules can be used. */
  List<RandomSituation> smaller() {
    List<RandomSituation> smaller = new ArrayList<>();
    for (Object fewer : without(requests)) {
      smaller.add(new RandomSituation(rules, maps(fewer)));
    }
    for (Object fewer : without(rules)) {
      RandomSituation one = new RandomSituation(map(fewer), requests);
      if (one.usable()) {
        smaller.add(one);
      }
    }
    return smaller;
  }

  private boolean usable() {
    try {
      RuleLoader.read(Map.of(name(), yaml()));
      return true;
    } catch (InvalidRules e) {
      return false;
    }
  }

  private static List<Object> without(Object value) {
    List<Object> all = new ArrayList<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, each) -> {
            if (!NEEDED.contains(String.valueOf(key))) {
              Map<Object, Object> fewer = new LinkedHashMap<>(map);
              fewer.remove(key);
              all.add(fewer);
            }
            for (Object inner : without(each)) {
              Map<Object, Object> fewer = new LinkedHashMap<>(map);
              fewer.put(key, inner);
              all.add(fewer);
            }
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        List<Object> fewer = new ArrayList<>(list);
        fewer.remove(i);
        all.add(fewer);
        for (Object inner : without(list.get(i))) {
          List<Object> changed = new ArrayList<>(list);
          changed.set(i, inner);
          all.add(changed);
        }
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked") // All of it is what RandomSituations makes.
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // All of it is what RandomSituations makes.
  private static List<Map<String, Object>> maps(Object value) {
    return (List<Map<String, Object>>) value;
  }
}
