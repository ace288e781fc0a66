package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApiKeyTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Random RANDOM = new Random(1);
  private static final KeyText TEXT = KeyText.generate("acme", RANDOM);
  private static final KeyText NEXT = KeyText.generate("acme", RANDOM);
  private static final ApiKey KEY = ApiKey.issued(TEXT, "p", "u", KeyTerms.named("key"), NOW);

  @ParameterizedTest
  @CsvSource({"-1, GOOD", "0, EXPIRED", "1, EXPIRED"})
  void standing_expiry_isTheFirstInstantThatIsRefused(long seconds, Standing standing) {
    ApiKey key = KEY.under(KEY.terms().withExpiry(Optional.of(NOW)));

    assertThat(key.standing(NOW.plusSeconds(seconds), Optional.empty())).isEqualTo(standing);
  }

  @ParameterizedTest
  @CsvSource({"59, GOOD", "60, OLD", "89, OLD", "90, OVER_AGE"})
  void standing_ageOfTheSecret_warnsThenRefuses(long days, Standing standing) {
    Optional<KeyAge> age = Optional.of(new KeyAge(Duration.ofDays(60), Duration.ofDays(90)));
    Instant then = NOW.plus(Duration.ofDays(days));

    assertThat(KEY.standing(then, age)).isEqualTo(standing);
    assertThat(KEY.standing(then, Optional.empty())).isEqualTo(Standing.GOOD);
    assertThat(KEY.rotate(NEXT, then, Duration.ZERO).standing(then, age)).isEqualTo(Standing.GOOD);
  }

  @ParameterizedTest
  @CsvSource({"3599, GOOD", "3600, ROTATED"})
  void standing_rotated_honoursTheOldTextWithinTheGraceOnly(long seconds, Standing old) {
    ApiKey rotated = KEY.rotate(NEXT, NOW, Duration.ofHours(1));
    Instant then = NOW.plusSeconds(seconds);

    assertThat(rotated.standing(TEXT::hash, then, Optional.empty())).isEqualTo(old);
    assertThat(rotated.standing(NEXT::hash, then, Optional.empty())).isEqualTo(Standing.GOOD);
    assertThat(rotated.revoke().standing(TEXT::hash, then, Optional.empty()))
        .isEqualTo(Standing.REVOKED);
  }

  @ParameterizedTest
  @CsvSource({"59, ", "60, 2027-02-20T12:00:00Z", "89, 2027-02-20T12:00:00Z"})
  void warning_ofAge_saysWhenTheKeyWillBeRefused(long days, Instant end) {
    Optional<KeyAge> age = Optional.of(new KeyAge(Duration.ofDays(60), Duration.ofDays(90)));
    Instant then = NOW.plus(Duration.ofDays(days));

    assertThat(KEY.warning(TEXT, then, age).map(KeyWarning::end))
        .isEqualTo(Optional.ofNullable(end));
    assertThat(KEY.warning(TEXT, then, Optional.empty())).isEmpty();
  }

  @Test
  void warning_ofRotation_isForTheOldTextOnly() {
    ApiKey rotated = KEY.rotate(NEXT, NOW, Duration.ofHours(1));

    assertThat(rotated.warning(TEXT, NOW, Optional.empty()))
        .contains(new KeyWarning(KeyWarning.Cause.ROTATED, Duration.ZERO, NOW.plusSeconds(3600)));
    assertThat(rotated.warning(NEXT, NOW, Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"604801, false", "604800, true", "1, true"})
  void warning_ofExpiry_comesAWeekBefore(long secondsLeft, boolean warned) {
    Instant end = NOW.plusSeconds(secondsLeft);
    ApiKey key = KEY.under(KEY.terms().withExpiry(Optional.of(end)));

    assertThat(key.warning(TEXT, NOW, Optional.empty()).isPresent()).isEqualTo(warned);
  }

  @Test
  void warning_ofSeveral_isTheOneThatEndsFirst() {
    Instant then = NOW.plus(Duration.ofDays(89));
    Optional<KeyAge> age = Optional.of(new KeyAge(Duration.ofDays(60), Duration.ofDays(90)));
    ApiKey key = KEY.under(KEY.terms().withExpiry(Optional.of(then.plusSeconds(5))));

    assertThat(key.warning(TEXT, then, age).map(KeyWarning::cause))
        .contains(KeyWarning.Cause.EXPIRING);
  }

  @Test
  void rotate_changesTheSecretOnly() {
    ApiKey rotated = KEY.rotate(NEXT, NOW.plusSeconds(5), Duration.ofHours(1));

    assertThat(rotated)
        .usingRecursiveComparison()
        .ignoringFields("secret", "previous")
        .isEqualTo(KEY);
    assertThat(rotated.secret()).isEqualTo(KeySecret.of(NEXT, NOW.plusSeconds(5)));
    assertThat(rotated.previous())
        .contains(new ApiKey.Previous(KEY.secret(), NOW.plusSeconds(3605)));
  }

  @Test
  void rotate_revokedKey_isRefused() {
    assertThatThrownBy(() -> KEY.revoke().rotate(NEXT, NOW, Duration.ZERO))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageContaining("is revoked for ever");
  }

  @Test
  void revoke_changesNothingElse() {
    assertThat(KEY.revoke().revoked()).isTrue();
    assertThat(KEY.revoke()).usingRecursiveComparison().ignoringFields("revoked").isEqualTo(KEY);
  }

  @Test
  void toString_hasNoHash() {
    assertThat(KEY.rotate(NEXT, NOW, Duration.ZERO).toString())
        .doesNotContain(TEXT.hash())
        .doesNotContain(NEXT.hash())
        .contains("*****" + NEXT.lastFour());
  }
}
