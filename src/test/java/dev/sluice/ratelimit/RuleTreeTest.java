package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RuleTreeTest {
  private static final RuleTree RULES =
      Yaml.rules(
          """
          domain: d
          descriptors:
          - {key: path, rate_limit: &any {unit: day}}
          - {key: path, value: /exact, rate_limit: *any}
          - {key: path, value: /white}
          - {key: path, value: /v1/*, rate_limit: *any}
          - {key: path, value: /v1/models/*, rate_limit: *any}
          - {key: path, value: '*.png', rate_limit: *any}
          - {key: path, value: /a/*/b/*/c, rate_limit: *any}
          - key: path
            value: /deep
            rate_limit: *any
            descriptors:
            - {key: user, value: ada, rate_limit: *any}
            - key: user
              descriptors:
              - {key: method, rate_limit: *any}
          - {key: a_b, rate_limit: *any}
          - {key: span*end, rate_limit: *any}
          - {key: '*middle', rate_limit: *any}
          """);

  @ParameterizedTest(name = "{0} meets {1}")
  @CsvSource({
    // Exact, then wildcards in the order of the file, then the key alone.
    "path=/exact, d.path_/exact",
    "path=/exacter, d.path",
    "path=/v1/x, d.path_/v1/*",
    "path=/v1/, d.path_/v1/*",
    "path=/v1/models/x, d.path_/v1/*",
    "path=/v1/x.png, d.path_/v1/*",
    "path=/x.png, d.path_*.png",
    "path=.png, d.path_*.png",
    "path=/a/1/b/2/c, d.path_/a/*/b/*/c",
    "path=/a//b//c, d.path_/a/*/b/*/c",
    "path=/a/b/c, d.path",
    "path=, d.path",
    // A match without a limit whitelists.
    "path=/white, ''",
    // Only at the last entry; no way back to siblings.
    "path=/deep, d.path_/deep",
    "path=/deep user=ada, d.path_/deep.user_ada",
    "path=/deep user=bob, ''",
    "path=/deep user=bob method=GET, d.path_/deep.user.method",
    "path=/deep user=ada method=GET, ''",
    "path=/exact user=ada, ''",
    "path=/x user=ada, ''",
    "user=ada, ''",
    // Composed of key and value.
    "a=b, d.a_b",
    "a_b=x, d.a_b",
    "a=c, ''",
    "span=end, d.span*end",
    "spanner=the end, d.span*end",
    "x=middle, d.*middle",
    "'*middle=x', d.*middle"
  })
  void match_table(String entries, String rule) {
    Descriptor descriptor =
        new Descriptor(
            Arrays.stream(entries.split(" (?=\\w+=)"))
                .map(entry -> entry.split("=", 2))
                .map(parts -> new Entry(parts[0], parts[1]))
                .toList(),
            Optional.empty(),
            OptionalLong.empty());

    assertThat(RULES.match("d", descriptor).map(match -> match.rule().key()).orElse(""))
        .isEqualTo(rule);
    assertThat(RULES.match("other", descriptor)).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "*, '', true",
    "a*, a, true",
    "a*a, a, false",
    "a*a, aa, true",
    "a**b, ab, true",
    "*a*, bab, true",
    "*a*, b, false",
    "*ab*ba*, aba, false",
    "*ab*ba*, abba, true",
    "a*b*c, abc, true",
    "a*b*c, acb, false",
    "a*bc*bc, abc, false",
    "a*bc*bc, abcbc, true"
  })
  void wildcard_table(String pattern, String text, boolean matches) {
    assertThat(new Wildcard(pattern).matches(text)).isEqualTo(matches);
  }

  @Test
  void match_costs_theSameForManyRulesAsForFew() {
    RuleTree few = exact(10);
    RuleTree many = exact(100_000);
    long best = Long.MAX_VALUE;
    long bestOfMany = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      best = Math.min(best, nanosFor(few, 10));
      bestOfMany = Math.min(bestOfMany, nanosFor(many, 100_000));
    }

    // A scan would take some thousand times as long; caches of the processor cost a little.
    assertThat(bestOfMany).isLessThan(20 * best);
  }

  private static RuleTree exact(int rules) {
    StringBuilder yaml = new StringBuilder("domain: d\ndescriptors:\n");
    for (int i = 0; i < rules; i++) {
      yaml.append("- {key: k, value: v").append(i).append(", rate_limit: {unit: day}}\n");
    }
    return Yaml.rules(yaml.toString());
  }

  private static long nanosFor(RuleTree tree, int rules) {
    Descriptor[] descriptors = new Descriptor[1_000];
    for (int i = 0; i < descriptors.length; i++) {
      Entry entry = new Entry("k", "v" + (int) (i * 7919L % rules));
      descriptors[i] = new Descriptor(List.of(entry), Optional.empty(), OptionalLong.empty());
    }
    int found = 0;
    long start = System.nanoTime();
    for (Descriptor descriptor : descriptors) {
      found += tree.match("d", descriptor).isPresent() ? 1 : 0;
    }
    long nanos = System.nanoTime() - start;
    assertThat(found).isEqualTo(descriptors.length);
    return nanos;
  }
}
