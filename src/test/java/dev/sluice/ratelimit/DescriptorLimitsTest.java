package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.ratelimit.Descriptor.Entry;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.ratelimit.Verdict.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DescriptorLimitsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_234);

  private final CountersInMemory counters = new CountersInMemory();
  private final Told told = new Told();
  private RateLimitOptions options = RateLimitOptions.DEFAULTS;
  private Instant now = NOW;
  private Optional<RuleTree> rules = Optional.empty();
  private Optional<OverLimitCache> cache = Optional.empty();
  private final AtomicLong nanos = new AtomicLong();
  private final LocalShare share = new LocalShare(() -> 2, nanos::get);

  @ParameterizedTest
  @CsvSource({
    "second, domain_key_value_1234, 1",
    "minute, domain_key_value_1200, 26",
    "hour, domain_key_value_0, 2366",
    "day, domain_key_value_0, 85166",
    "week, domain_key_value_0, 603566",
    "month, domain_key_value_0, 2590766",
    "year, domain_key_value_0, 31534766"
  })
  void judge_aWindow_isAlignedToTheEpochAndNamedByItsStart(
      String unit, String counter, long untilReset) {
    given(
        """
        domain: domain
        descriptors:
        - key: key
          value: value
          rate_limit: {unit: %s, requests_per_unit: 5}
        """
            .formatted(unit));

    Verdict verdict = judge("domain", descriptor("key=value"));

    assertThat(counters.values).containsExactly(entry(counter, 1L));
    assertThat(counters.asked)
        .extracting(hits -> hits.limit().seconds())
        .containsExactly(Unit.parse(unit).orElseThrow().seconds());
    assertThat(verdict.statuses().get(0).secondsUntilReset()).isEqualTo(untilReset);
  }

  @Test
  void judge_nextWindow_countsAnew() {
    given(rule("key: k", "unit: minute, requests_per_unit: 1"));
    judge("d", descriptor("k=v"));
    assertThat(judge("d", descriptor("k=v")).overLimit()).isTrue();

    now = NOW.plusSeconds(26);

    assertThat(judge("d", descriptor("k=v")).overLimit()).isFalse();
    assertThat(counters.values).containsKeys("d_k_v_1200", "d_k_v_1260");
  }

  @Test
  void judge_overTheLimit_stillCounts() {
    given(rule("key: k", "unit: minute, requests_per_unit: 2"));

    assertThat(statuses(5, "k=v"))
        .extracting(Status::overLimit, Status::remaining)
        .containsExactly(
            tuple(false, 1L), tuple(false, 0L), tuple(true, 0L), tuple(true, 0L), tuple(true, 0L));
    assertThat(counters.values).containsEntry("d_k_v_1200", 5L);
  }

  @ParameterizedTest(name = "of the request {0}, of the descriptor {1}: {2}")
  @CsvSource({"0,,1", "1,,1", "7,,7", "0,0,0", "7,0,0", "7,3,3", "0,2147483647,2147483647"})
  void judge_hits_ofTheDescriptorElseOfTheRequestElseOne(long request, String own, long counted) {
    given(rule("key: k", "unit: minute, requests_per_unit: 5"));
    OptionalLong hits = own == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(own));

    judge(new Query("d", List.of(descriptor(Optional.empty(), hits, "k=v")), request));

    assertThat(counters.asked).extracting(Hits::hits).containsExactly(counted);
  }

  @Test
  void judge_onlyLooking_isOverOnceMoreThanTheLimitWasCounted() {
    given(rule("key: k", "unit: minute, requests_per_unit: 2"));
    Descriptor look = descriptor(Optional.empty(), OptionalLong.of(0), "k=v");

    assertThat(judge("d", look).statuses().get(0).remaining()).isEqualTo(2);
    statuses(2, "k=v");
    assertThat(judge("d", look).overLimit()).isFalse();
    statuses(1, "k=v");
    assertThat(judge("d", look).overLimit()).isTrue();
    assertThat(counters.values).containsEntry("d_k_v_1200", 3L);
  }

  @Test
  void judge_unknownDomainOrDescriptor_isOkAndCountsNothing() {
    given(rule("key: k", "unit: minute, requests_per_unit: 0"));

    for (Verdict verdict :
        List.of(
            judge("other", descriptor("k=v")),
            judge("other", descriptor(Optional.of(own(0, 1)), OptionalLong.empty(), "k=v")),
            judge("d", descriptor("x=v")),
            judge("d", descriptor("k=v", "x=y")),
            judge("d", descriptor()))) {
      assertThat(verdict.overLimit()).isFalse();
      assertThat(verdict.statuses()).containsExactly(Status.UNMATCHED);
    }
    assertThat(counters.asked).isEmpty();
  }

  @Test
  void judge_unlimited_hasAllRemainingAndCountsNothing() {
    given(rule("key: k", "unlimited: true"));

    assertThat(judge("d", descriptor("k=v")).statuses()).containsExactly(Status.UNLIMITED);
    assertThat(counters.asked).isEmpty();
  }

  @Test
  void judge_ownLimit_goesBeforeAnyRuleAndSharesItsCounter() {
    given(
        """
        domain: d
        descriptors:
        - {key: free, rate_limit: {unlimited: true, name: f}}
        - {key: k, shadow_mode: true, rate_limit: {unit: minute, requests_per_unit: 9, name: n}}
        - {key: r, rate_limit: {unit: minute, requests_per_unit: 9, replaces: [{name: n}]}}
        """);
    Descriptor free = descriptor(Optional.of(own(1, 2)), OptionalLong.empty(), "free=x");
    Descriptor k = descriptor(Optional.of(own(1, 2)), OptionalLong.empty(), "k=v");

    assertThat(judge("d", free, k, descriptor("r=v")).statuses())
        .extracting(Status::remaining)
        .containsExactly(0L, 0L, 8L);
    Verdict second = judge("d", free, k);
    assertThat(second.overLimit()).isTrue();
    assertThat(second.statuses()).allMatch(Status::overLimit);
    assertThat(judge("d", descriptor("k=v")).statuses().get(0).remaining()).isEqualTo(6);
    assertThat(told.lines).contains("d.(override) 1 hits");
  }

  @Test
  void judge_replaces_dropsWhatHasTheName() {
    given(
        """
        domain: d
        descriptors:
        - {key: a, rate_limit: {unit: minute, requests_per_unit: 0, name: a}}
        - {key: b, rate_limit: {unit: minute, requests_per_unit: 5, name: b, replaces: [{name: a}]}}
        - {key: c, rate_limit: {unit: minute, requests_per_unit: 5, name: c, replaces: [{name: b}]}}
        - {key: u, rate_limit: {unlimited: true, name: a, replaces: [{name: c}]}}
        """);
    Status dropped = Status.UNMATCHED;

    assertThat(judge("d", descriptor("a=1")).overLimit()).isTrue();
    assertThat(judge("d", descriptor("a=1"), descriptor("b=1")).statuses().get(0))
        .isEqualTo(dropped);
    // What is replaced itself still replaces.
    assertThat(judge("d", descriptor("a=1"), descriptor("b=1"), descriptor("c=1")).statuses())
        .startsWith(dropped, dropped);
    // What is unlimited replaces, and is not replaced.
    assertThat(judge("d", descriptor("u=1"), descriptor("b=1"), descriptor("c=1")).statuses())
        .containsExactly(Status.UNLIMITED, dropped, dropped);
  }

  @Test
  void judge_replacesEachOther_dropsBoth() {
    given(
        """
        domain: d
        descriptors:
        - {key: a, rate_limit: {unit: minute, name: a, replaces: [{name: b}]}}
        - {key: b, rate_limit: {unit: minute, name: b, replaces: [{name: a}]}}
        """);

    assertThat(judge("d", descriptor("a=1"), descriptor("b=1")).statuses())
        .containsOnly(Status.UNMATCHED);
    assertThat(counters.asked).isEmpty();
  }

  @Test
  void judge_shadowMode_tellsNobodyButTheMetrics() {
    given(rule("key: k, shadow_mode: true", "unit: minute, requests_per_unit: 1"));

    List<Status> statuses = statuses(2, "k=v");

    assertThat(statuses.get(1).overLimit()).isFalse();
    assertThat(statuses.get(1).remaining()).isZero();
    assertThat(statuses.get(1).limit()).isPresent();
    assertThat(told.hits)
        .containsExactly(new HitCounts(1, 1, 1, 0, 0, 0), new HitCounts(1, 0, 0, 1, 0, 1));
  }

  @Test
  void judge_globalShadowMode_changesOnlyTheWhole() {
    options = new RateLimitOptions("", true, false, 0.8f, false, OutageAnswer.ERROR);
    given(rule("key: k", "unit: minute, requests_per_unit: 0"));

    Verdict verdict = judge("d", descriptor("k=v"));

    assertThat(verdict.overLimit()).isFalse();
    assertThat(verdict.statuses().get(0).overLimit()).isTrue();
    assertThat(told.lines).containsExactly("d.k 1 hits", "shadowed");
  }

  @ParameterizedTest(name = "{0}, every rule a quota: {1}: over: {2}")
  @CsvSource({
    "l0, false, true",
    "l5, false, false",
    "q0, false, true",
    "q5, false, false",
    "q0 q5, false, false",
    "q0 q0, false, true",
    "q0 l5, false, true",
    "q0 q5 l0, false, true",
    "q0 x, false, true",
    "q0 u, false, true",
    "l0 l5, true, false",
    "l0 l0, true, true",
    "l0 x, true, false",
    "l0 u, true, true",
    "u, true, false"
  })
  void judge_quotas_refuseWhenAllAreOver(String asked, boolean everyRule, boolean over) {
    options = new RateLimitOptions("", false, everyRule, 0.8f, false, OutageAnswer.ERROR);
    given(
        """
        domain: d
        descriptors:
        - {key: l0, rate_limit: {unit: minute, requests_per_unit: 0}}
        - {key: l5, rate_limit: {unit: minute, requests_per_unit: 5}}
        - {key: q0, quota_mode: true, rate_limit: {unit: minute, requests_per_unit: 0}}
        - {key: q5, quota_mode: true, rate_limit: {unit: minute, requests_per_unit: 5}}
        - {key: u, quota_mode: true, rate_limit: {unlimited: true}}
        """);

    Descriptor[] descriptors =
        Arrays.stream(asked.split(" "))
            .map(key -> descriptor(key + "=v"))
            .toArray(Descriptor[]::new);

    assertThat(judge("d", descriptors).overLimit()).isEqualTo(over);
  }

  @Test
  void judge_sharedThreshold_namesTheCounterByThePattern() {
    given(
        """
        domain: share
        descriptors:
        - key: file
          value: docs/*
          share_threshold: true
          rate_limit: {unit: minute, requests_per_unit: 2}
          descriptors:
          - {key: user, rate_limit: {unit: minute, requests_per_unit: 5}}
        - key: file
          value: own/*
          rate_limit: {unit: minute, requests_per_unit: 2}
        """);

    judge("share", descriptor("file=docs/a"), descriptor("file=docs/b"));
    judge("share", descriptor("file=own/a"), descriptor("file=docs/a", "user=ada"));

    assertThat(counters.values)
        .containsOnlyKeys(
            "share_file_docs/*_1200", "share_file_own/a_1200", "share_file_docs/*_user_ada_1200");
  }

  @Test
  void judge_keyPrefix_standsFirst() {
    options = new RateLimitOptions("prefix:", false, false, 0.8f, false, OutageAnswer.ERROR);
    given(rule("key: k", "unit: second"));

    judge("d", descriptor("k=v"));

    assertThat(counters.values).containsOnlyKeys("prefix:d_k_v_1234");
  }

  @Test
  void judge_invalidQueries_countNothingAndSayWhy() {
    given(rule("key: k", "unit: second"));

    assertRefused(new Query("", List.of(), 0), "rate limit domain must not be empty");
    assertRefused(new Query("d", List.of(), 0), "rate limit descriptor list must not be empty");
    assertRefused(
        new Query("d", Collections.nCopies(1_001, descriptor("k=v")), 0),
        "more than 1000 descriptors in one request");
    assertRefused(
        new Query("d", List.of(descriptor("k=v")), 1L << 31),
        "hits_addend must be less than 2147483648, but is 2147483648");
    assertRefused(
        new Query(
            "d",
            List.of(descriptor("k=v"), descriptor(Optional.empty(), OptionalLong.of(-1), "x=v")),
            0),
        "hits_addend must be less than 2147483648, but is 18446744073709551615");
    assertRefused(
        new Query("d", List.of(descriptor(Optional.of(own(5, 8)), OptionalLong.empty(), "k=v")), 0),
        "a descriptor's limit has the unit number 8; expected 1 (SECOND) to 7 (WEEK)");
    rules = Optional.empty();
    assertRefused(
        new Query("d", List.of(descriptor("k=v")), 0), "no rate limit configuration loaded");
    assertThat(counters.asked).isEmpty();
    assertThat(told.lines).hasSize(7);
  }

  @Test
  void judge_countersFail_failsAsTheyDo() {
    given(rule("key: k", "unit: second"));
    counters.failure = Optional.of(new IllegalStateException("gone"));

    assertThatThrownBy(() -> judge("d", descriptor("x=v"), descriptor("k=v")))
        .isInstanceOf(CompletionException.class)
        .hasCause(counters.failure.get());
    assertThat(told.lines).containsExactly("unavailable: ERROR", "d.k 1 hits");
    assertThat(told.hits).containsExactly(HitCounts.unanswered(1));
  }

  @Test
  void judge_unknownDomain_isToldForEachDescriptor() {
    given(rule("key: k", "unit: second"));

    judge("other", descriptor("k=v"), descriptor("k=w"));

    assertThat(told.lines).containsExactly("unknown domain", "unknown domain");
  }

  @Test
  void judge_localCache_answersWhatIsOverWithoutCounting() {
    cache = Optional.of(new OverLimitCache(1 << 20, nanos::get));
    given(
        """
        domain: d
        descriptors:
        - {key: k, rate_limit: {unit: minute, requests_per_unit: 1}}
        - {key: other, rate_limit: {unit: minute, requests_per_unit: 9}}
        """);
    statuses(2, "k=v");
    counters.asked.clear();

    Verdict verdict = judge("d", descriptor("k=v"), descriptor("other=v"));

    assertThat(verdict.overLimit()).isTrue();
    assertThat(verdict.statuses())
        .extracting(Status::overLimit, Status::remaining, Status::secondsUntilReset)
        .containsExactly(tuple(true, 0L, 26L), tuple(false, 8L, 26L));
    assertThat(counters.asked).extracting(Hits::key).containsExactly("d_other_v_1200");
    assertThat(told.hits).contains(new HitCounts(1, 0, 0, 1, 1, 0));
  }

  @Test
  void judge_localCache_forgetsWithTheWindowAndWhenTheLimitIsRaised() {
    cache = Optional.of(new OverLimitCache(1 << 20, nanos::get));
    given(rule("key: k", "unit: minute, requests_per_unit: 1"));
    statuses(2, "k=v");
    counters.asked.clear();

    given(rule("key: k", "unit: minute, requests_per_unit: 3"));
    assertThat(judge("d", descriptor("k=v")).overLimit()).isFalse();
    given(rule("key: k", "unit: minute, requests_per_unit: 1"));
    assertThat(judge("d", descriptor("k=v")).overLimit()).isTrue();
    assertThat(counters.asked).hasSize(1);
    nanos.addAndGet(26_000_000_000L);
    judge("d", descriptor("k=v"));
    assertThat(counters.asked).hasSize(2);
  }

  @ParameterizedTest(name = "{0}: asked {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        // Nothing goes over: looked, then counted.
        "a b; a+0 b+0 a+1 b+1",
        // Only what goes over counts, and the others look at what has become of them.
        "a full; a+0 full+0 a+0 full+1",
        "full full2; full+0 full2+0 full+1 full2+1",
        // One alone needs no look.
        "full; full+1"
      })
  void judge_stopWhenOver_countsOnlyWhatGoesOver(String keys, String asked) {
    options = new RateLimitOptions("", false, false, 0.8f, true, OutageAnswer.ERROR);
    given(
        """
        domain: d
        descriptors:
        - {key: a, rate_limit: {unit: minute, requests_per_unit: 9}}
        - {key: b, rate_limit: {unit: minute, requests_per_unit: 9}}
        - {key: full, rate_limit: {unit: minute, requests_per_unit: 0}}
        - {key: full2, rate_limit: {unit: minute, requests_per_unit: 0}}
        """);

    Verdict verdict =
        judge(
            "d",
            Arrays.stream(keys.split(" "))
                .map(key -> descriptor(key + "=v"))
                .toArray(Descriptor[]::new));

    assertThat(counters.asked)
        .extracting(hits -> hits.key().split("_", 3)[1] + "+" + hits.hits())
        .containsExactly(asked.split(" "));
    assertThat(verdict.overLimit()).isEqualTo(keys.contains("full"));
    assertThat(verdict.statuses()).hasSize(keys.split(" ").length);
  }

  @Test
  void judge_stopWhenOverAndOneKnownToBe_onlyLooksAtTheOthers() {
    options = new RateLimitOptions("", false, false, 0.8f, true, OutageAnswer.ERROR);
    cache = Optional.of(new OverLimitCache(1 << 20, nanos::get));
    given(
        """
        domain: d
        descriptors:
        - {key: a, rate_limit: {unit: minute, requests_per_unit: 9}}
        - {key: full, rate_limit: {unit: minute, requests_per_unit: 0}}
        """);
    judge("d", descriptor("full=v"));
    counters.asked.clear();

    Verdict verdict = judge("d", descriptor("a=v"), descriptor("full=v"));

    assertThat(verdict.statuses()).extracting(Status::remaining).containsExactly(9L, 0L);
    assertThat(counters.asked).extracting(Hits::hits).containsExactly(0L);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "x u, none",
    "l5 l3 m3, l3",
    "o1 l3 o2 l5, o2",
    "q0 l5, q0",
    "q0 o1, o1",
    "o1 q0, o1",
    "s0 l5, s0"
  })
  void judge_tightest_isTheLastThatRefusesElseTheFirstWithTheLeast(String asked, String tightest) {
    given(
        """
        domain: d
        descriptors:
        - {key: l5, rate_limit: {unit: minute, requests_per_unit: 5, name: l5}}
        - {key: l3, rate_limit: {unit: minute, requests_per_unit: 3, name: l3}}
        - {key: m3, rate_limit: {unit: minute, requests_per_unit: 3, name: m3}}
        - {key: o1, rate_limit: {unit: minute, requests_per_unit: 0, name: o1}}
        - {key: o2, rate_limit: {unit: minute, requests_per_unit: 0, name: o2}}
        - {key: s0, shadow_mode: true, rate_limit: {unit: day, requests_per_unit: 0, name: s0}}
        - {key: q0, quota_mode: true, rate_limit: {unit: day, requests_per_unit: 0, name: q0}}
        - {key: u, rate_limit: {unlimited: true}}
        """);

    Verdict verdict =
        judge(
            "d",
            Arrays.stream(asked.split(" "))
                .map(key -> descriptor(key + "=v"))
                .toArray(Descriptor[]::new));

    assertThat(verdict.tightest().flatMap(Status::limit).map(Limit::name).orElse("none"))
        .isEqualTo(tightest);
  }

  @Test
  void judge_aPeriodOfItsOwn_isAlignedToTheEpoch() {
    given(rule("key: k", "period: 90s, requests_per_unit: 5"));

    assertThat(judge("d", descriptor("k=v")).statuses())
        .extracting(Status::remaining, Status::secondsUntilReset)
        .containsExactly(tuple(4L, 26L));
    assertThat(counters.values).containsOnlyKeys("d_k_v_1170");
  }

  @Test
  void judge_rolling_hasOneKeyAndTheResetOfItsCounter() {
    given(rule("key: k", "unit: minute, requests_per_unit: 5, algorithm: rolling"));
    counters.millisUntilReset = 1_001;

    assertThat(judge("d", descriptor("k=v")).statuses())
        .extracting(Status::remaining, Status::secondsUntilReset)
        .containsExactly(tuple(4L, 2L));
    assertThat(counters.values).containsOnlyKeys("d_k_v_rolling_60");
  }

  @ParameterizedTest(name = "{0} hits over it: remembered for {1} ms")
  @CsvSource({"0, 1500", "1, 1500", "2, 0"})
  void judge_rollingOverItsLimit_isRememberedUntilOneHitWouldPass(long hits, long millis) {
    cache = Optional.of(new OverLimitCache(1 << 20, nanos::get));
    given(rule("key: k", "unit: minute, requests_per_unit: 5, algorithm: rolling"));
    counters.values.put("d_k_v_rolling_60", 6L);
    counters.millisUntilReset = 1_500;
    judge("d", descriptor(Optional.empty(), OptionalLong.of(hits), "k=v"));
    counters.asked.clear();

    nanos.addAndGet(1_499_000_000);
    judge("d", descriptor("k=v"));
    assertThat(counters.asked).hasSize(millis == 0 ? 1 : 0);
    nanos.addAndGet(1_500_000_000);
    judge("d", descriptor("k=v"));
    assertThat(counters.asked).hasSize(millis == 0 ? 2 : 1);
  }

  @ParameterizedTest(name = "{0}: over {1}")
  @CsvSource({"OPEN, false", "CLOSED, true"})
  void judge_outage_passesOrRefusesWhatHasALimit(OutageAnswer policy, boolean over) {
    outage(policy);
    given(
        """
        domain: d
        descriptors:
        - {key: k, rate_limit: {unit: minute, requests_per_unit: 5}}
        - {key: s, shadow_mode: true, rate_limit: {unit: minute, requests_per_unit: 5}}
        - {key: u, rate_limit: {unlimited: true}}
        """);
    counters.failure = Optional.of(new IllegalStateException("gone"));

    Verdict verdict = judge("d", descriptor("k=v"), descriptor("s=v"), descriptor("u=v"));

    assertThat(verdict.overLimit()).isEqualTo(over);
    assertThat(verdict.statuses())
        .extracting(Status::overLimit)
        .containsExactly(over, false, false);
    assertThat(told.lines).contains("unavailable: " + policy, "d.k 1 hits");
    assertThat(judge("d", descriptor("x=v")).overLimit()).isFalse();
  }

  @Test
  void judge_outageWithShares_admitsThisReplicasPart() {
    outage(OutageAnswer.SHARE);
    cache = Optional.of(new OverLimitCache(1 << 20, nanos::get));
    given(rule("key: k", "unit: minute, requests_per_unit: 5"));
    counters.failure = Optional.of(new IllegalStateException("gone"));

    // Two replicas: two of five each.
    assertThat(statuses(3, "k=v"))
        .extracting(Status::overLimit, Status::remaining)
        .containsExactly(tuple(false, 1L), tuple(false, 0L), tuple(true, 0L));
    counters.failure = Optional.empty();
    assertThat(judge("d", descriptor("k=v")).overLimit())
        .as("what was refused by a share is not remembered")
        .isFalse();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "'', k=a, d.k",
    "detailed_metric: true, k=a, d.k_a",
    "value_to_metric: true, k=a, d.k_a",
    "value_to_metric: true, k=, d.k",
    "'value: a*', k=abc, d.k_a*",
    "'value: a*, value_to_metric: true', k=abc, d.k_abc",
    "'value: a*, detailed_metric: true', k=abc, d.k_abc",
    "'value: a*, share_threshold: true, value_to_metric: true', k=abc, d.k_a*",
    "'value: a*, share_threshold: true, detailed_metric: true', k=abc, d.k_a*"
  })
  void judge_statistics_areNamedByTheRuleOrByWhatItMet(String fields, String entry, String name) {
    given(rule("key: k" + (fields.isEmpty() ? "" : ", " + fields), "unit: minute"));

    judge("d", descriptor(entry));

    assertThat(told.lines).containsExactly(name + " 1 hits");
  }

  private void given(String yaml) {
    rules = Optional.of(Yaml.rules(yaml));
  }

  private void outage(OutageAnswer policy) {
    options = new RateLimitOptions("", false, false, 0.8f, false, policy);
  }

  private static String rule(String descriptor, String limit) {
    return "domain: d\ndescriptors:\n- {" + descriptor + ", rate_limit: {" + limit + "}}\n";
  }

  private static Descriptor descriptor(String... entries) {
    return descriptor(Optional.empty(), OptionalLong.empty(), entries);
  }

  private static Descriptor descriptor(
      Optional<Descriptor.OwnLimit> limit, OptionalLong hits, String... entries) {
    return new Descriptor(
        Arrays.stream(entries)
            .map(entry -> entry.split("=", 2))
            .map(parts -> new Entry(parts[0], parts[1]))
            .toList(),
        limit,
        hits);
  }

  private static Descriptor.OwnLimit own(long requests, int unit) {
    return new Descriptor.OwnLimit(requests, unit);
  }

  private List<Status> statuses(int times, String entry) {
    List<Status> statuses = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      statuses.addAll(judge("d", descriptor(entry)).statuses());
    }
    return statuses;
  }

  private Verdict judge(String domain, Descriptor... descriptors) {
    return judge(new Query(domain, List.of(descriptors), 0));
  }

  private Verdict judge(Query query) {
    return new DescriptorLimits(() -> rules, counters, cache, share, options, () -> now, told)
        .judge(query)
        .toCompletableFuture()
        .join();
  }

  private void assertRefused(Query query, String message) {
    assertThatThrownBy(() -> judge(query))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(InvalidQuery.class)
        .hasMessage(message);
  }
}
