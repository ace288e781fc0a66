package dev.sluice.edge.explain;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.admission.Counters;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Explain;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Queues;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Block;
import dev.sluice.policy.Bounds;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Model;
import dev.sluice.policy.Rate;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.Tier;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an explanation says of each rule. */
final class ExplanationJsonTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final KeyText TEXT = KeyText.generate("acme", new Random(1));
  private static final KeyText NEXT = KeyText.generate("acme", new Random(2));
  private static final Asked NOTHING_MORE = asked("", "");
  private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");
  private static final Catalog CATALOG =
      new Catalog(
          Map.of(
              "free", tier("free", "small", "gone"),
              "legal", tier("legal", "secret"),
              "deprecated", tier("deprecated", "old"),
              "maintenance", tier("maintenance", "broken", "mended"),
              "restricted", tier("restricted", "secret")),
          Map.of("mended", END),
          Map.of(
              "gone", model("gone", Optional.empty(), Optional.of("small"), Optional.of(NOW)),
              "old", model("old", Optional.empty(), Optional.of("small"), Optional.empty()),
              "small",
                  model("small", Optional.of("small-8b"), Optional.empty(), Optional.of(END))));

  private KeyTerms terms = KeyTerms.named("key");
  private Organization organization = new Organization("acme", "Acme", Optional.empty());
  private User user = new User("acme", "ada", "Ada", Role.DEVELOPER, Optional.empty());
  private UnaryOperator<ApiKey> more = key -> key;
  private Optional<Queues.Now> waiting = Optional.empty();
  private List<String> deployments = List.of("two", "one");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "old     | refuses | in the system tier deprecated; successor small",
        "gone    | refuses | past its sunset; sunset 2026-11-22T12:00:00Z; successor small",
        "broken  | refuses | in the system tier maintenance, without an end",
        "mended  | refuses | in the system tier maintenance, until 2027-01-01T00:00:00Z",
        "secret  | refuses | in the system tier restricted: only a tier that was given explicitly may list it",
        "unknown | refuses | the tier free does not list it",
        "small   | passes  | the tier free lists it; sunset 2027-01-01T00:00:00Z; backends call it small-8b",
      })
  void model_whateverHoldsForIt_isSaid(String model, String verdict, String what) {
    JsonNode step = step("model", explain(model, NOTHING_MORE));

    assertThat(step.at("/verdict").asText()).isEqualTo(verdict);
    assertThat(step.at("/what").asText()).isEqualTo(what);
  }

  @Test
  void model_restrictedButGivenExplicitly_passes() {
    user = user.withTier(Optional.of("legal"));

    assertThat(step("model", explain("secret", NOTHING_MORE)).at("/what").asText())
        .isEqualTo("restricted, but the tier was given explicitly and lists it");
  }

  @Test
  void key_expiryAgeAndRotation_areSaidWithTheirTimes() {
    organization =
        organization.withKeyAge(Optional.of(new KeyAge(Duration.ofDays(10), Duration.ofDays(20))));
    terms = terms.withExpiry(Optional.of(END));
    more = key -> key.rotate(NEXT, NOW, Duration.ofHours(1));

    assertThat(step("key", explain("small", NOTHING_MORE)).at("/what").asText())
        .isEqualTo(
            "the text that ends in %s is good; expires at 2027-01-01T00:00:00Z; too old at"
                    .formatted(NEXT.lastFour())
                + " 2026-12-12T12:00:00Z unless it is rotated; the text before, %s, is refused"
                    .formatted(TEXT.lastFour())
                + " from 2026-11-22T13:00:00Z on");
  }

  @ParameterizedTest
  @CsvSource({"2026-11-22T12:59:59Z, passes, good", "2026-11-22T13:00:00Z, refuses, rotated"})
  void key_textOfBefore_isJudgedByItsGrace(String at, String verdict, String standing) {
    more = key -> key.rotate(NEXT, NOW, Duration.ofHours(1));

    JsonNode step =
        step(
            "key",
            explain(
                "small",
                new Asked(
                    Optional.of(at),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(TEXT.lastFour()))));

    assertThat(step.at("/verdict").asText()).isEqualTo(verdict);
    assertThat(step.at("/standing").asText()).isEqualTo(standing);
  }

  @ParameterizedTest
  @CsvSource({"10.1.2.3, passes", "192.0.2.1, refuses", "'', unknown"})
  void networks_ofTheKey_areHeldAgainstTheAddress(String from, String verdict) {
    terms = terms.withNetworks(Set.of(Network.parse("10.0.0.0/8")));

    JsonNode step = step("networks", explain("small", asked(from, "")));

    assertThat(step.at("/verdict").asText()).isEqualTo(verdict);
    assertThat(step.at("/what").asText()).contains("from 10.0.0.0/8 only", from);
  }

  @Test
  void permission_missing_saysWhatTheKeyHas() {
    terms = terms.withPermissions(Set.of(Permission.USAGE_READ));

    JsonNode json = explain("small", NOTHING_MORE);

    assertThat(json.at("/decision").asText()).isEqualTo("key_permission_missing");
    assertThat(step("permission", json).at("/what").asText())
        .isEqualTo("has usage_read; inference is needed");
  }

  @Test
  void tier_thatTheConfigurationLacks_isSaid() {
    user = user.withTier(Optional.of("lost"));

    JsonNode json = explain("small", NOTHING_MORE);

    assertThat(step("tier", json).at("/what").asText())
        .isEqualTo(
            "lost, given to the user ada; the configuration has no such tier, so it lists no model");
    assertThat(json.at("/decision").asText()).isEqualTo("model_not_found");
    assertThat(step("bounds", json).at("/verdict").asText()).isEqualTo("unknown");
    assertThat(step("queue", json).at("/verdict").asText()).isEqualTo("unknown");
  }

  @Test
  void tier_nobodyWasGivenOne_isTheDefault() {
    assertThat(step("tier", explain("small", NOTHING_MORE)).at("/what").asText())
        .startsWith("free, the default: ");
  }

  @Test
  void keyModels_otherOnes_refuse() {
    terms = terms.withModels(Set.of("large"));

    JsonNode step = step("keyModels", explain("small", NOTHING_MORE));

    assertThat(step.at("/verdict").asText()).isEqualTo("refuses");
    assertThat(step.at("/what").asText()).isEqualTo("may call large only");
  }

  @ParameterizedTest
  @CsvSource({"2, passes", "3, refuses"})
  void bounds_ofABatch_areHeldAgainstWhatIsAsked(String batch, String verdict) {
    JsonNode step = step("bounds", explain("small", asked("", batch)));

    assertThat(step.at("/verdict").asText()).isEqualTo(verdict);
    assertThat(step.at("/what").asText())
        .isEqualTo(
            "one request may have a batch of 2 and any number of output tokens; asked about a"
                + " batch of "
                + batch);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, passes, admitted",
    "0, 0, passes, admitted",
    "1, 0, refuses, queue_full",
    "1, 1, passes, admitted"
  })
  void queue_ofThisServer_isFullWithoutASlotAndAPlace(
      int inLine, int free, String verdict, String decision) {
    waiting = Optional.of(new Queues.Now(inLine, 4, free));

    JsonNode json = explain("small", NOTHING_MORE);

    assertThat(step("queue", json).at("/verdict").asText()).isEqualTo(verdict);
    assertThat(json.at("/decision").asText()).isEqualTo(decision);
    assertThat(step("queue", json).at("/what").asText())
        .isEqualTo(
            "label web, 1 may wait; served by one, two; now %d wait, 4 run and %d slots are free"
                .formatted(inLine, free));
  }

  @Test
  void queue_notKnownHere_decidesNothing() {
    JsonNode json = explain("small", NOTHING_MORE);

    assertThat(step("queue", json).at("/verdict").asText()).isEqualTo("unknown");
    assertThat(json.at("/decision").asText()).isEqualTo("admitted");
  }

  @Test
  void queue_servedByNobody_refuses() {
    deployments = List.of();

    JsonNode json = explain("small", NOTHING_MORE);

    assertThat(json.at("/decision").asText()).isEqualTo("model_unserved");
    assertThat(json.at("/status").asInt()).isEqualTo(503);
  }

  @Test
  void endsIn_ofNoTextOfTheKey_saysWhichThereAre() {
    assertThatThrownBy(
            () ->
                explain(
                    "small",
                    new Asked(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("none"))))
        .hasMessage("endsIn: expected %s; this key has no other text".formatted(TEXT.lastFour()));
  }

  private JsonNode explain(String model, Asked asked) {
    ApiKey key = more.apply(ApiKey.issued(TEXT, "p", "ada", terms, NOW));
    Caller caller =
        new Caller(organization, new Project("acme", "p", "P", Optional.empty()), user, key, 1);
    Explain explain =
        new Explain(
            () -> CATALOG,
            new Unused(),
            (name, qos) -> new Queues.View(deployments, waiting),
            InstantSource.fixed(NOW));
    return new ExplanationJson(503)
        .write(explain.explain(asked.about(caller, model)).toCompletableFuture().join());
  }

  private static JsonNode step(String name, JsonNode explanation) {
    for (JsonNode step : explanation.at("/steps")) {
      if (step.at("/step").asText().equals(name)) {
        return step;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Nothing where the text is empty. */
  private static Asked asked(String from, String batch) {
    return new Asked(
        Optional.empty(),
        Optional.of(from).filter(text -> !text.isEmpty()),
        Optional.of(batch).filter(text -> !text.isEmpty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Model model(
      String name, Optional<String> backend, Optional<String> successor, Optional<Instant> sunset) {
    return new Model(name, backend, successor, Optional.empty(), sunset);
  }

  private static Tier tier(String name, String... models) {
    return new Tier(
        name,
        List.of(
            new Block(
                Set.of(models),
                "web",
                1,
                List.of(new Rate(5, Duration.ofMinutes(1))),
                List.of(),
                new Bounds(OptionalLong.of(2), OptionalLong.empty()),
                RateScope.MODEL)));
  }

  /** No limit was used yet. */
  private static final class Unused implements Counters {
    @Override
    public CompletionStage<List<EvaluatedLimit>> evaluate(
        String organization, List<ScopedLimit> limits, Optional<Instant> at) {
      return completedFuture(
          limits.stream()
              .map(limit -> new EvaluatedLimit(limit, 0, Duration.ZERO, Optional.of(Duration.ZERO)))
              .toList());
    }

    @Override
    public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Boolean> renew(Hold hold) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Boolean> cancel(Hold hold) {
      throw new UnsupportedOperationException();
    }
  }
}
