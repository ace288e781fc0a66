package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Random trees of tiers against a model that looks each model's values up, one at a time, by
 * walking from the tier to its base.
 */
final class InheritanceProperties {
  private static Path folder = Path.of("");

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("sluice");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.delete(folder.resolve("f"));
    Files.delete(folder);
  }

  /** Some fields of a block; what is missing is not said. */
  record Values(Map<String, Integer> said) {
    String yaml() {
      return said.entrySet().stream()
          .map(field -> field.getKey() + ": " + text(field.getKey(), field.getValue()))
          .collect(Collectors.joining(", "));
    }

    private static String text(String field, int value) {
      return switch (field) {
        case "qos" -> "q" + value;
        case "rates" -> "{allowedRequests: " + value + ", periodSeconds: 60}";
        case "scope" -> value % 2 == 0 ? "model" : "block";
        default -> Integer.toString(value);
      };
    }
  }

  /**
   * A part of a tier: a block when {@code base} is -1, else what it inherits of that tier.
   *
   * @param models of the block, or of those that are overridden; empty overrides all
   */
  record Part(int base, Set<Integer> models, Values values) {}

  private static final List<String> FIELDS =
      List.of("qos", "queueDepth", "rates", "maxBatchSize", "maxOutputTokens", "scope");

  @Property(tries = 1500)
  void treesOfTiers_meanWhatTheSlowModelSays(@ForAll("trees") List<List<Part>> drawn) {
    List<List<Part>> tree = sensible(drawn);
    List<String> expected = new ArrayList<>();
    for (int tier = 0; tier < tree.size(); tier++) {
      for (int model : models(tree, tier)) {
        expected.add(line(tree, tier, model));
      }
    }

    Vendors read = Vendors.read(folder, yaml(tree));

    assertThat(read.valid()).as("%s", read.texts()).isTrue();
    assertThat(read.lines()).as(yaml(tree)).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Bases are earlier tiers; only models that the base has are overridden. */
  private static List<List<Part>> sensible(List<List<Part>> drawn) {
    List<List<Part>> tree = new ArrayList<>();
    for (List<Part> parts : drawn) {
      List<Part> tier = new ArrayList<>();
      for (Part part : parts) {
        int base = tree.isEmpty() || part.base() < 0 ? -1 : part.base() % tree.size();
        Set<Integer> models = new LinkedHashSet<>(part.models());
        if (base >= 0) {
          models.retainAll(models(tree, base));
        } else if (models.isEmpty()) {
          models.add(1);
        }
        tier.add(new Part(base, models, part.values()));
      }
      tree.add(tier);
    }
    return tree;
  }

  /** In the order in which the tiers are written backwards, so that bases come after. */
  private static String yaml(List<List<Part>> tree) {
    StringBuilder yaml = new StringBuilder("serviceTiers:\n");
    for (int tier = tree.size() - 1; tier >= 0; tier--) {
      yaml.append("  t%d:%s%n".formatted(tier, tree.get(tier).isEmpty() ? " []" : ""));
      for (Part part : tree.get(tier)) {
        String models = part.models().stream().map(m -> "m" + m).collect(Collectors.joining(", "));
        String values = part.values().yaml();
        if (part.base() < 0) {
          yaml.append(
              "  - {models: [%s]%s}%n".formatted(models, values.isEmpty() ? "" : ", " + values));
        } else if (part.models().isEmpty()) {
          yaml.append("  - {inherits: t%d, overrides: {%s}}%n".formatted(part.base(), values));
        } else {
          yaml.append(
              "  - {inherits: t%d, overrides: [{models: [%s]%s}]}%n"
                  .formatted(part.base(), models, values.isEmpty() ? "" : ", " + values));
        }
      }
    }
    return yaml.toString();
  }

  private static Set<Integer> models(List<List<Part>> tree, int tier) {
    Set<Integer> models = new LinkedHashSet<>();
    for (Part part : tree.get(tier)) {
      models.addAll(part.base() < 0 ? part.models() : models(tree, part.base()));
    }
    return models;
  }

  /** One value: of the first part that has the model, or of what that inherits, or the default. */
  private static String value(List<List<Part>> tree, int tier, int model, String field) {
    for (Part part : tree.get(tier)) {
      boolean own = part.base() < 0;
      if (!(own ? part.models() : models(tree, part.base())).contains(model)) {
        continue;
      }
      boolean speaks = own || part.models().isEmpty() || part.models().contains(model);
      if (speaks && part.values().said().containsKey(field)) {
        return Values.text(field, part.values().said().get(field));
      }
      return own ? otherwise(tier, field) : value(tree, part.base(), model, field);
    }
    throw new IllegalArgumentException("no such model");
  }

  private static String otherwise(int tier, String field) {
    return switch (field) {
      case "qos" -> "t" + tier;
      case "queueDepth" -> "100";
      case "scope" -> "model";
      default -> "";
    };
  }

  private static String line(List<List<Part>> tree, int tier, int model) {
    StringBuilder line = new StringBuilder("t%d m%d".formatted(tier, model));
    for (String field : FIELDS) {
      String value = value(tree, tier, model, field);
      if (field.equals("rates")) {
        line.append(" rates=").append(value.replaceAll(".*Requests: (\\d+),.*", "$1/60"));
      } else if (!value.isEmpty()) {
        line.append(" ").append(field).append("=").append(value);
      }
    }
    return line.toString();
  }

  @Provide
  Arbitrary<List<List<Part>>> trees() {
    return parts().list().ofMaxSize(4).list().ofMinSize(1).ofMaxSize(7);
  }

  private static Arbitrary<Part> parts() {
    Arbitrary<Values> values =
        Arbitraries.maps(Arbitraries.of(FIELDS), Arbitraries.integers().between(1, 4))
            .ofMaxSize(4)
            .map(said -> new Values(new TreeMap<>(said)));
    Arbitrary<Set<Integer>> models =
        Arbitraries.integers()
            .between(1, 6)
            .set()
            .ofMaxSize(4)
            .map(set -> (Set<Integer>) new LinkedHashSet<>(set));
    return Combinators.combine(Arbitraries.integers().between(-3, 9), models, values)
        .as((base, of, said) -> new Part(Math.max(-1, base), of, said));
  }

  /** So that the model itself is not taken on trust. */
  @Property(tries = 1)
  void slowModel_ofAKnownTree_isRight() {
    List<List<Part>> tree =
        List.of(
            List.of(new Part(-1, Set.of(1), new Values(Map.of("queueDepth", 3)))),
            List.of(new Part(0, Set.of(), new Values(new LinkedHashMap<>(Map.of("qos", 2))))));

    assertThat(line(tree, 1, 1)).isEqualTo("t1 m1 qos=q2 queueDepth=3 rates= scope=model");
  }
}
