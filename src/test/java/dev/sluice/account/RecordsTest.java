package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What records refuse, by the name of the field. */
final class RecordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Acme",
        "<script>alert(1)</script>",
        "\uD83D\uDC69\u200D\uD83D\uDE80 crew",
        "\u05E9\u05DC\u05D5\u05DD\u200F",
        "\u0645\u0631\u062D\u0628\u0627",
        "Zo\u00EB \"'\\ %s {acme}",
        "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08 \uD83C\uDDE9\uD83C\uDDEA \uD83D\uDC4D\uD83C\uDFFD",
        "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
        "\u0915\u094D\u200D\u0937",
        "\u8FBB\uDB40\uDD00\u3000\u65E5\u672C",
        "e\u0301\u0323",
        "\uFFFD",
      })
  void name_anyScriptAndMarkup_isKept(String name) {
    assertThat(new Project("acme", "p", name, Optional.empty()).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "a\u0000b",
        "a\nb",
        "a\u001B[31m",
        "a\u0085b",
        "a\u2028b",
        "a\u202Eb",
        "a\u2066b",
        "a\uD800b",
        " a",
        "a\u00A0",
        "\u3000a",
        "\u00A0",
        "\u200E",
        "a\u200Bb",
        "a\u200Db",
        "a \u200Db",
        "\uD83D\uDC69\u200D\u200D\uD83D\uDE80",
        "a\u00ADb",
        "a\u2060b",
        "\uFEFFa",
        "a\uFFF9b",
        "a\uDB40\uDC41b",
        "a\uE000b",
        "a\uDBC0\uDC00b",
        "a\uFDD0b",
        "a\uD83F\uDFFEb",
        "a\u3164b",
        "a\u2800b",
        "a\u034Fb",
        "\u0301a",
        "a \u0301",
        "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309",
      })
  void name_harmful_isRefusedByTheFieldAndNotRepeated(String name) {
    refused("name", () -> new Organization("acme", name, Optional.empty()));
    refused("name", () -> new Project("acme", "p", name, Optional.empty()));
    refused("name", () -> new User("acme", "u", name, Role.DEVELOPER, Optional.empty()));
    refused("name", () -> KeyTerms.named(name));
    refused("models", () -> KeyTerms.named("n").withModels(Set.of(name)));
    refused("tier", () -> new Project("acme", "p", "P", Optional.of(name)));
  }

  @Test
  void name_tooLong_isRefusedWhateverItsLength() {
    String rocket = "\uD83D\uDE80";
    assertThatCode(() -> KeyTerms.named(rocket.repeat(200))).doesNotThrowAnyException();
    refused("name", () -> KeyTerms.named(rocket.repeat(201)));
    refused("name", () -> KeyTerms.named("x".repeat(201)));
    refused("name", () -> KeyTerms.named("x".repeat(5_000_000)));
  }

  @Test
  void id_outsideItsAlphabet_isRefusedByTheField() {
    refused("id", () -> new Organization("Acme", "A", Optional.empty()));
    refused("id", () -> new Project("acme", "a:b", "P", Optional.empty()));
    refused("id", () -> new User("acme", "\n", "U", Role.DEVELOPER, Optional.empty()));
    refused(
        "id", () -> new User("acme", "u".repeat(5_000_000), "U", Role.DEVELOPER, Optional.empty()));
    refused("organization", () -> new Project("{", "p", "P", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Prod", "1a", "a b", "a_b", "a23456789012345678901234567890123"})
  void environment_outsideItsAlphabet_isRefused(String environment) {
    KeyTerms named = KeyTerms.named("n");
    refused(
        "environment",
        () ->
            new KeyTerms(
                "n",
                environment,
                named.permissions(),
                Set.of(),
                Set.of(),
                Optional.empty(),
                OwnLimits.NONE,
                Optional.empty()));
  }

  @Test
  void limits_ofAModelWithoutAProperName_areRefused() {
    OwnLimits limits = OwnLimits.of(LimitText.parse("1/1m:a\nb"));
    refused("limits", () -> new Organization("acme", "A", Optional.empty()).withLimits(limits));
    refused("limits", () -> new Project("acme", "p", "P", Optional.empty()).withLimits(limits));
    refused("limits", () -> KeyTerms.named("n").withLimits(limits));
    refused(
        "limits",
        () -> new User("acme", "u", "U", Role.DEVELOPER, Optional.empty()).withLimits(limits));
  }

  @Test
  void models_moreThanAHundred_areRefused() {
    Set<String> many = IntStream.range(0, 101).mapToObj(i -> "m" + i).collect(Collectors.toSet());
    refused("models", () -> KeyTerms.named("n").withModels(many));
  }

  @Test
  void keyAge_warningAfterTheRefusal_isRefused() {
    refused("keyAge", () -> new KeyAge(Duration.ofDays(2), Duration.ofDays(1)));
    refused("keyAge", () -> new KeyAge(Duration.ZERO, Duration.ZERO));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  a\u0000b\u202Ec  ",
        "\u200E\u200E",
        "\u0301",
        "a\uDB40\uDC41b",
        "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309",
      })
  void name_thatWasMended_mayStand(String name) {
    assertThatCode(() -> KeyTerms.named(Names.mended(name))).doesNotThrowAnyException();
    assertThatCode(() -> KeyTerms.named(Names.mended(name.repeat(100)))).doesNotThrowAnyException();
  }

  @Test
  void owners_tooManyOrNoIds_areRefused() {
    Project project = new Project("acme", "p", "P", Optional.empty());
    Set<String> many = IntStream.range(0, 21).mapToObj(i -> "u" + i).collect(Collectors.toSet());
    refused("owners", () -> project.withOwners(many));
    refused("owners", () -> project.withOwners(Set.of("a b")));
    refused("owners", () -> project.withOwners(Set.of("u".repeat(5_000_000))));
  }

  @Test
  void network_ofAnyLength_isRefusedAtOnce() {
    refused("networks", () -> Network.parse(":".repeat(5_000_000)));
    refused("networks", () -> Network.parse("10.0.0.0/8\u001B[31m"));
    refused("networks", () -> Network.parse("10.0.0.1/8"));
  }

  private static void refused(String field, ThrowingCallable constructed) {
    assertThatThrownBy(constructed)
        .isInstanceOfSatisfying(
            InvalidRecord.class, refused -> assertThat(refused.field()).isEqualTo(field))
        .message()
        .startsWith(field + ": ")
        .hasSizeLessThan(300)
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
