package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallerTest {
  private static final KeyText TEXT = KeyText.generate("acme", new Random(1));

  private static Optional<String> tier(String name) {
    return Optional.of(name).filter(n -> !n.isEmpty());
  }

  private static ApiKey key(Optional<String> tier) {
    return ApiKey.issued(
        TEXT,
        "p",
        "u",
        KeyTerms.named("key").withTier(tier).withExpiry(Optional.of(Instant.ofEpochSecond(100))),
        Instant.EPOCH);
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
}
