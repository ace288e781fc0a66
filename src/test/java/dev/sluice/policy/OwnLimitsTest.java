package dev.sluice.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How limits of records are written, and which may be. */
final class OwnLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "100/1m, 100, 60,",
    "0/1s, 0, 1,",
    "1000/1d:gpt-oss-120b, 1000, 86400, gpt-oss-120b",
    "7/90m:a:b/c, 7, 5400, a:b/c",
    "1000000000000/366d, 1000000000000, 31622400,",
  })
  void parse_rate_isReadAndWrittenAlike(String text, long allowed, long seconds, String model) {
    OwnLimit limit = LimitText.parse(text);

    assertThat(limit)
        .isEqualTo(
            new OwnLimit(
                new Rate(allowed, Duration.ofSeconds(seconds)), Optional.ofNullable(model)));
    assertThat(limit).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"running=5, 5,", "running=0:m, 0, m", "running=100000, 100000,"})
  void parse_concurrency_isReadAndWrittenAlike(String text, long running, String model) {
    OwnLimit limit = LimitText.parse(text);

    assertThat(limit).isEqualTo(new OwnLimit(new Concurrency(running), Optional.ofNullable(model)));
    assertThat(limit).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10/1m@end-user", "running=2@end-user:m", "shadow:10/1m@end-user:a@b"})
  void parse_perEndUser_isReadAndWrittenAlike(String text) {
    assertThat(LimitText.parse(text).perEndUser()).isTrue();
    assertThat(LimitText.parse(text)).hasToString(text);
  }

  @Test
  void limits_perEndUserBesideOneOfAllTogether_areTwo() {
    assertThat(limits("10/1m@end-user", "100/1m", "running=1@end-user:m"))
        .hasToString("100/1m 10/1m@end-user running=1@end-user:m");
    assertThatThrownBy(() -> limits("10/1m@end-user", "11/1m@end-user"))
        .hasMessage("10/1m@end-user and 11/1m@end-user limit the same: remove one");
  }

  @ParameterizedTest
  @CsvSource({"shadow:100/1m, 100/1m", "shadow:running=5:m, running=5:m"})
  void parse_inShadow_isTheSameLimitNotEnforced(String text, String enforced) {
    OwnLimit limit = LimitText.parse(text);

    assertThat(limit.limit()).isEqualTo(LimitText.parse(enforced).limit().inShadow());
    assertThat(limit.limit().shadow()).isTrue();
    assertThat(limit).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shadow:",
        "shadow",
        "1/1m@",
        "1/1m@user",
        "shadow:shadow:1/1m",
        "100",
        "100/m",
        "100/1",
        "100/1M",
        "-1/1m",
        "1.5/1m",
        " 1/1m",
        "running",
        "running=",
        "running=-1",
        "running=5/1m",
        "5",
        "100/1m:",
        "none"
      })
  void parse_somethingElse_saysWhatIsExpected(String text) {
    assertThatThrownBy(() -> LimitText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected a rate as 100/1m (a period in s, m, h or d), or running=5 for the number that"
                + " may run at once; @end-user behind it when each end user is counted separately, then"
                + " :MODEL when it is for one model; shadow: in front of it when it is not"
                + " enforced");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1/0s | period must be 1 s to 366 days, not 0s",
        "1/367d | period must be 1 s to 366 days, not 367d",
        "1/9999999999s | period must be 1 s to 366 days, not 9999999999s",
        "99999999999999999999/1m | allowedRequests must be 0 to 1000000000000, not 99999999999999999999",
        "running=99999999999999999999 | concurrency must be 0 to 100000, not 99999999999999999999",
        "1000000000001/1m | allowedRequests must be 0 to 1000000000000, not 1000000000001",
        "running=100001 | concurrency must be 0 to 100000, not 100001",
        "'1/1m: ' | the model of a limit is empty",
      })
  void parse_outOfBounds_saysWhichBounds(String text, String message) {
    assertThatThrownBy(() -> LimitText.parse(text)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"60s, 1m", "60m, 1h", "24h, 1d", "90s, 90s", "36h, 36h"})
  void parse_period_isWrittenInItsLargestUnit(String given, String written) {
    assertThat(LimitText.parse("1/" + given)).hasToString("1/" + written);
  }

  @Test
  void limits_inAnyOrder_areTheSame() {
    OwnLimits one = limits("running=5", "9/1h:m", "100/1m", "5/1s", "running=1:m");

    assertThat(one).isEqualTo(limits("running=1:m", "5/1s", "running=5", "100/1m", "9/1h:m"));
    assertThat(one).hasToString("5/1s 100/1m running=5 9/1h:m running=1:m");
  }

  @ParameterizedTest
  @CsvSource({
    "100/1m, 50/60s, 100/1m and 50/1m limit the same: remove one",
    "running=5:m, running=6:m, running=5:m and running=6:m limit the same: remove one",
  })
  void limits_twoOfOnePeriodOrOfConcurrency_areRefused(String one, String other, String message) {
    assertThatThrownBy(() -> limits(one, other)).hasMessage(message);
  }

  @Test
  void limits_oneInShadowBesideOneThatIsEnforced_areTwo() {
    assertThat(limits("shadow:50/1m", "100/1m", "running=5", "shadow:running=2"))
        .hasToString("100/1m shadow:50/1m running=5 shadow:running=2");
    assertThatThrownBy(() -> limits("shadow:50/1m", "shadow:60/1m"))
        .hasMessage("shadow:50/1m and shadow:60/1m limit the same: remove one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "100/1m | m |",
        "5/1m@end-user | m | PT1M",
        "shadow:5/1m@end-user | m | shadow PT1M",
        "5/1m@end-user shadow:5/1h@end-user | m | PT1M, shadow PT1H",
        // How long one is counted depends neither on the model nor on what is in shadow.
        "5/1h@end-user:m 5/1m@end-user:other shadow:5/1d@end-user:m | other | PT1H",
        "running=1@end-user shadow:5/1h@end-user:m | m | PT0S, shadow PT1H",
      })
  void endUsers_enforcedAndInShadow_areBoundedApart(String texts, String model, String expected) {
    OwnLimits limits = limits(texts.split(" "));

    assertThat(limits.endUsers(one -> one.concerns(model)))
        .extracting(most -> (most.shadow() ? "shadow " : "") + most.longest())
        .isEqualTo(expected == null ? List.of() : List.of(expected.split(", ")));
  }

  @Test
  void limits_moreThanTwenty_areRefused() {
    String[] twentyOne =
        IntStream.rangeClosed(1, 21).mapToObj(i -> "5/" + i + "s").toArray(String[]::new);

    assertThatThrownBy(() -> limits(twentyOne)).hasMessage("there may be 20, not 21");
  }

  @Test
  void concerns_ofOneModel_onlyThat() {
    assertThat(LimitText.parse("1/1m").concerns("m")).isTrue();
    assertThat(LimitText.parse("1/1m:m").concerns("m")).isTrue();
    assertThat(LimitText.parse("1/1m:m").concerns("mm")).isFalse();
  }

  @Property
  void parse_whatWasWritten_isTheSame(@ForAll("anyLimit") OwnLimit limit) {
    assertThat(LimitText.parse(limit.toString())).isEqualTo(limit);
  }

  @Provide
  Arbitrary<OwnLimit> anyLimit() {
    Arbitrary<Limit> rates =
        Combinators.combine(
                Arbitraries.longs().between(0, OwnLimit.MOST_REQUESTS),
                Arbitraries.longs().between(1, 366 * 86_400))
            .as((allowed, seconds) -> new Rate(allowed, Duration.ofSeconds(seconds)));
    Arbitrary<Limit> concurrencies =
        Arbitraries.longs().between(0, Concurrency.MOST).map(Concurrency::new);
    return Combinators.combine(
            Arbitraries.oneOf(List.of(rates, concurrencies)),
            Arbitraries.strings().filter(name -> !name.isBlank()).optional(),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(
            (limit, model, shadow, perEndUser) ->
                new OwnLimit(shadow ? limit.inShadow() : limit, model, perEndUser));
  }

  private static OwnLimits limits(String... texts) {
    return new OwnLimits(List.of(texts).stream().map(LimitText::parse).toList());
  }
}
