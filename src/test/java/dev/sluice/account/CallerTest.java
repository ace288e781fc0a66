package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallerTest {
  private static Optional<String> tier(String name) {
    return Optional.of(name).filter(n -> !n.isEmpty());
  }

  private static ApiKey key(Optional<String> tier) {
    return new ApiKey(
        "acme",
        "k1",
        "key",
        "p",
        "u",
        "00",
        "abcd",
        tier,
        Optional.of(Instant.ofEpochSecond(100)),
        false);
  }

  @ParameterizedTest
  @CsvSource({
    "key, user, project, organization, key",
    "'',  user, project, organization, user",
    "'',  '',   project, organization, project",
    "'',  '',   '',      organization, organization",
    "key, '',   '',      organization, key",
    "'',  user, '',      '',           user",
  })
  void tier_severalGiven_isTheNarrowest(
      String key, String user, String project, String organization, String tier) {
    Caller caller = caller(key, user, project, organization);

    assertThat(caller.tier()).isEqualTo(tier);
    assertThat(caller.explicitTier()).contains(tier);
  }

  @Test
  void tier_noneGiven_isFreeAndNotExplicit() {
    Caller caller = caller("", "", "", "");

    assertThat(caller.tier()).isEqualTo("free");
    assertThat(caller.explicitTier()).isEmpty();
  }

  private static Caller caller(String key, String user, String project, String organization) {
    return new Caller(
        new Organization("acme", "Acme", tier(organization)),
        new Project("acme", "p", "P", tier(project)),
        new User("acme", "u", "U", Role.DEVELOPER, tier(user)),
        key(tier(key)),
        1);
  }

  @ParameterizedTest
  @CsvSource({"99, false", "100, true", "101, true"})
  void expired_fromTheInstantOn(long second, boolean expired) {
    assertThat(key(Optional.empty()).expired(Instant.ofEpochSecond(second))).isEqualTo(expired);
  }

  @Test
  void revoke_changesNothingElse() {
    ApiKey key = key(Optional.of("gold"));

    assertThat(key.revoke().revoked()).isTrue();
    assertThat(key.revoke()).usingRecursiveComparison().ignoringFields("revoked").isEqualTo(key);
  }
}
