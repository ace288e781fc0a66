package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Credential;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.PlatformAdministrators;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Demand;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Model;
import dev.sluice.policy.OwnLimits;
import dev.sluice.policy.Rate;
import dev.sluice.policy.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoticesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final KeyText TEXT = KeyText.generate("acme", new Random(1));
  private static final KeyText NEXT = KeyText.generate("acme", new Random(2));

  private final Metrics metrics = new Metrics();
  private Instant now = NOW;
  private final Notices notices =
      new Notices(
          () ->
              new Catalog(
                  Map.of(),
                  Map.of(),
                  Map.of(
                      "old model/1",
                      new Model(
                          "old model/1",
                          Optional.empty(),
                          Optional.of("new\u20ac"),
                          Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                          Optional.of(Instant.parse("2026-12-01T00:00:00Z"))))),
          () -> new PlatformAdministrators(Set.of("root@example.org")),
          () -> now,
          metrics);

  private static Caller caller(ApiKey key) {
    return new Caller(
        new Organization(
            "acme",
            "Acme",
            Optional.empty(),
            Optional.of(new KeyAge(Duration.ofDays(60), Duration.ofDays(90))),
            OwnLimits.NONE,
            false),
        new Project("acme", "p", "P", Optional.empty()),
        new User("acme", "u", "U", Role.DEVELOPER, Optional.empty()),
        key,
        1);
  }

  private static ApiKey issued(long daysAgo) {
    return ApiKey.issued(
        TEXT, "p", "u", KeyTerms.named("key"), NOW.minus(Duration.ofDays(daysAgo)));
  }

  private Map<String, String> ofKey(ApiKey key) {
    return notices.ofKey("gateway", new Credential.Presented(TEXT), caller(key));
  }

  @Test
  void anOldKey_isToldItsAgeItsEndAndWhatToDo_andCounted() {
    assertThat(ofKey(issued(75)))
        .isEqualTo(
            Map.of(
                "x-sluice-warning",
                "This API key is 75 days old and will be refused from 2026-12-07T12:00:00Z on:"
                    + " rotate it before."));
    assertThat(counted("old")).isEqualTo(1.0);
  }

  @Test
  void aKeyThatWasRotated_isToldWhileItsOldTextWorks() {
    ApiKey rotated = issued(1).rotate(NEXT, NOW, Duration.ofHours(1));

    assertThat(ofKey(rotated).get("x-sluice-warning"))
        .isEqualTo(
            "This API key was rotated and its old text will be refused from 2026-11-22T13:00:00Z on:"
                + " use the new one.");
    assertThat(counted("rotated")).isEqualTo(1.0);
  }

  @Test
  void aKeyThatExpires_isTold() {
    ApiKey key = issued(1);
    ApiKey expiring = key.under(key.terms().withExpiry(Optional.of(NOW.plus(Duration.ofDays(2)))));

    assertThat(ofKey(expiring).get("x-sluice-warning")).contains("2026-11-24T12:00:00Z", "expires");
    assertThat(counted("expiring")).isEqualTo(1.0);
  }

  @Test
  void aGoodKey_orOneThatIsRefusedAnyway_isToldNothing() {
    assertThat(ofKey(issued(1))).isEmpty();
    assertThat(ofKey(issued(90))).isEmpty();
    assertThat(ofKey(issued(75).revoke())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-10-31T23:59:59Z, false",
    "2026-11-01T00:00:00Z, true",
    "2026-12-02T00:00:00Z, true",
  })
  void aModelThatGoes_hasItsHeadersFromItsDeprecationOn(Instant at, boolean told) {
    now = at;

    assertThat(notices.ofModel("old model/1"))
        .isEqualTo(
            told
                ? Map.of(
                    "deprecation",
                    "@1793491200",
                    "sunset",
                    "Tue, 01 Dec 2026 00:00:00 GMT",
                    "link",
                    "</v1/models/new%E2%82%AC>; rel=\"successor-version\";"
                        + " anchor=\"/v1/models/old%20model%2F1\"")
                : Map.of());
  }

  @Test
  void aModelThatItsCallerMustNotKnow_isNotSpokenOf() {
    assertThat(notices.ofDecision("old model/1", refused(new Refusal.ModelNotFound("old model/1"))))
        .isEmpty();
    assertThat(
            notices.ofDecision(
                "old model/1",
                refused(new Refusal.ModelDeprecated("old model/1", Optional.empty()))))
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "u, ORGANIZATION_ADMIN, true",
    "Root@Example.org, DEVELOPER, true",
    "u, PROJECT_OWNER, false",
    "u, DEVELOPER, false",
    "u, FINOPS, false",
  })
  void whatLimitsInShadowWouldRefuse_isToldToAdministratorsOnly(
      String user, Role role, boolean told) {
    EvaluatedLimit limit =
        new EvaluatedLimit(
            new ScopedLimit(
                new Scope(Scope.Level.USER, "u", Optional.of("m\u00fc")),
                new Rate(5, Duration.ofMinutes(1), true)),
            5,
            Duration.ofSeconds(60),
            Optional.of(Duration.ofSeconds(12)));

    assertThat(notices.ofDecision("m", admitted(user, role, new Refusal.RateExceeded(limit))))
        .isEqualTo(
            told
                ? Map.of(
                    "x-sluice-would-refuse",
                    "rate_limit_exceeded; user `u` on `m?`: limit 5 requests per minute, used 5,"
                        + " room again in 12s")
                : Map.of());
  }

  @Test
  void aBoundInShadow_isToldWithTheFieldThatAsksForTooMuch() {
    Refusal bound =
        new Refusal.BoundExceeded(
            Refusal.BoundExceeded.Bound.OUTPUT_TOKENS,
            new Demand.Amount("max_tokens", 9),
            5,
            "web",
            "m");

    assertThat(notices.ofDecision("m", admitted("u", Role.ORGANIZATION_ADMIN, bound)))
        .containsEntry(
            "x-sluice-would-refuse",
            "output_tokens_exceeded; 'max_tokens': tier `web` allows at most 5 output tokens on"
                + " `m`, got 9.");
  }

  private static Decision admitted(String user, Role role, Refusal wouldRefuse) {
    Caller plain = caller(issued(1));
    Caller caller =
        new Caller(
            plain.organization(),
            plain.project(),
            new User("acme", user, "U", role, Optional.empty()),
            plain.key(),
            1);
    Block block = new Block(Set.of("m"), "web", 1, List.of());
    Hold hold = new Hold("h", Optional.empty(), "acme", List.of(), Duration.ofMinutes(1));
    return new Decision.Admitted(
        caller,
        "m",
        new Tier("web", List.of(block)),
        block,
        hold,
        List.of(),
        Optional.of(wouldRefuse));
  }

  private static Decision refused(Refusal refusal) {
    return new Decision.Refused(refusal, Optional.empty(), List.of());
  }

  private double counted(String reason) {
    return metrics
        .registry()
        .getSampleValue(
            "sluice_key_warnings_total",
            new String[] {"door", "reason"},
            new String[] {"gateway", reason});
  }
}
