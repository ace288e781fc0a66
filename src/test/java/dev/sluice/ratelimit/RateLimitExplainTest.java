package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ratelimit.Descriptor.Entry;
import dev.sluice.ratelimit.ExplainedQuery.Counter;
import dev.sluice.ratelimit.ExplainedQuery.Part;
import dev.sluice.ratelimit.ExplainedQuery.Window;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RateLimitExplainTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_234);
  private static final String RULES =
      """
      domain: d
      descriptors:
      - key: k
        rate_limit: {unit: minute, requests_per_unit: 2, name: two}
      - key: tenant
        value: acme
        descriptors:
        - key: path
          rate_limit: {unit: hour, requests_per_unit: 5}
      - key: free
        rate_limit: {unlimited: true}
      - key: strong
        rate_limit: {unit: minute, requests_per_unit: 9, replaces: [{name: two}]}
      """;

  private final CountersInMemory counters = new CountersInMemory();
  private final Told told = new Told();
  private final Optional<OverLimitCache> cache =
      Optional.of(new OverLimitCache(10_000, System::nanoTime));
  private OutageAnswer outage = OutageAnswer.ERROR;

  @Test
  void explain_aRule_isNamedWithItsFileAndLineAndItsCounter() {
    judge("k=v");

    Part part = explain("k=v").parts().get(0);

    Met.ByRule met = (Met.ByRule) part.met();
    assertThat(met.rule().key()).isEqualTo("d.k");
    assertThat(met.origin()).contains(new RuleOrigin("rules.yaml", 3));
    assertThat(met.replacedBy()).isEmpty();
    assertThat(part.counter())
        .contains(
            new Counter(
                "d_k_v_1200",
                new Limit(2, 60, Algorithm.FIXED, "two"),
                OptionalLong.of(1),
                false,
                Optional.of(new Window(Instant.ofEpochSecond(1_200), Instant.ofEpochSecond(1_260))),
                OptionalLong.empty()));
  }

  @Test
  void explain_noRule_saysAtWhichEntryAndWhatIsKnownThere() {
    assertThat(met("other=v"))
        .isEqualTo(
            new Met.NoLevel(
                1,
                new Entry("other", "v"),
                List.of(),
                List.of("free", "k", "strong", "tenant_acme")));
    assertThat(met("tenant=acme", "user=ann"))
        .isEqualTo(
            new Met.NoLevel(2, new Entry("user", "ann"), List.of("tenant_acme"), List.of("path")));
    assertThat(met()).isEqualTo(new Met.NoEntries());
  }

  @Test
  void explain_noDomain_saysWhichThereAre() {
    Query query = new Query("other", List.of(descriptor("k=v")), 1);

    ExplainedQuery explained = limits().explain().explain(query).toCompletableFuture().join();

    assertThat(explained.parts().get(0).met()).isEqualTo(new Met.UnknownDomain(List.of("d")));
    assertThat(explained.verdict().map(Verdict::overLimit)).contains(false);
  }

  @Test
  void explain_aLevelWithoutALimit_saysWhatMayFollow() {
    assertThat(met("tenant=acme"))
        .isEqualTo(
            new Met.NoLimit(
                List.of("tenant_acme"),
                Optional.of(new RuleOrigin("rules.yaml", 5)),
                List.of("path")));
  }

  @Test
  void explain_aReplacedRule_isNotCountedAndSaysByWhich() {
    ExplainedQuery explained = explain(descriptor("k=v"), descriptor("strong=v"));

    assertThat(((Met.ByRule) explained.parts().get(0).met()).replacedBy())
        .containsExactly("d.strong");
    assertThat(explained.parts().get(0).counter()).isEmpty();
    assertThat(explained.parts().get(1).counter()).isPresent();
  }

  @Test
  void explain_aLimitOfTheRequest_isInPlaceOfTheRule() {
    Descriptor own =
        new Descriptor(
            List.of(new Entry("k", "v")),
            Optional.of(new Descriptor.OwnLimit(7, 2)),
            OptionalLong.empty());

    Part part = explain(own).parts().get(0);

    Met.ByRequest met = (Met.ByRequest) part.met();
    assertThat(met.limit()).isEqualTo(new Limit(7, 60, Algorithm.FIXED, ""));
    assertThat(((Met.ByRule) met.bypassed()).rule().key()).isEqualTo("d.k");
    assertThat(part.counter().map(Counter::key)).contains("d_k_v_1200");
  }

  @Test
  void explain_countsNothingAndTellsNobody() {
    judge("k=v");
    judge("k=v");
    told.lines.clear();
    Map<String, Long> before = Map.copyOf(counters.values);

    ExplainedQuery first = explain("k=v");
    ExplainedQuery second = explain("k=v");

    assertThat(first.verdict().map(Verdict::overLimit)).contains(true);
    assertThat(second).isEqualTo(first);
    assertThat(counters.values).isEqualTo(before);
    assertThat(told.lines).isEmpty();
  }

  @Test
  void explain_whatTheLocalCacheKnowsToBeOver_saysForHowLongAndTheCounterAllTheSame() {
    judge("k=v");
    judge("k=v");
    judge("k=v");

    Counter counter = explain("k=v").parts().get(0).counter().orElseThrow();

    assertThat(counter.value()).hasValue(3);
    assertThat(counter.millisKnownOver().orElseThrow()).isBetween(1L, 26_000L);
  }

  @ParameterizedTest
  @EnumSource
  void explain_countersAway_saysWhyAndWhatThePolicyGives(OutageAnswer policy) {
    outage = policy;
    counters.failure = Optional.of(new IllegalStateException("Redis is away"));

    ExplainedQuery explained = explain("k=v");

    assertThat(explained.unanswered()).contains("Redis is away");
    assertThat(explained.parts().get(0).counter().orElseThrow().value()).isEmpty();
    assertThat(explained.verdict().map(Verdict::overLimit))
        .isEqualTo(
            switch (policy) {
              case OPEN -> Optional.of(false);
              case CLOSED -> Optional.of(true);
              case ERROR, SHARE -> Optional.empty();
            });
  }

  @Test
  void explain_aQueryThatIsRefused_failsAsTheQueryWould() {
    assertThatThrownBy(() -> explain())
        .hasRootCauseInstanceOf(InvalidQuery.class)
        .hasMessageContaining("rate limit descriptor list must not be empty");
  }

  private Met met(String... entries) {
    return explain(descriptor(entries)).parts().get(0).met();
  }

  private void judge(String entry) {
    limits().judge(new Query("d", List.of(descriptor(entry)), 1)).toCompletableFuture().join();
  }

  private ExplainedQuery explain(String entry) {
    return explain(descriptor(entry));
  }

  private ExplainedQuery explain(Descriptor... descriptors) {
    return limits()
        .explain()
        .explain(new Query("d", List.of(descriptors), 1))
        .toCompletableFuture()
        .join();
  }

  private DescriptorLimits limits() {
    Optional<RuleTree> rules = Optional.of(Yaml.rules(RULES));
    return new DescriptorLimits(
        () -> rules,
        counters,
        cache,
        new LocalShare(() -> 1, System::nanoTime),
        new RateLimitOptions("", false, false, 0.8f, false, outage),
        () -> NOW,
        told);
  }

  private static Descriptor descriptor(String... entries) {
    return new Descriptor(
        Arrays.stream(entries)
            .map(entry -> entry.split("=", 2))
            .map(parts -> new Entry(parts[0], parts[1]))
            .toList(),
        Optional.empty(),
        OptionalLong.empty());
  }
}
