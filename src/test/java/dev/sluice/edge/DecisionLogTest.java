package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Refusal;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Tier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a door counts and hands over of each request. */
final class DecisionLogTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final Metrics metrics = new Metrics();
  private final List<Decided> records = new ArrayList<>();
  private final DecisionLog log =
      new DecisionLog(
          "gateway",
          metrics,
          () ->
              new Catalog(
                  Map.of(
                      "web",
                      new Tier("web", List.of(new Block(Set.of("small"), "web", 1, List.of())))),
                  Map.of()),
          InstantSource.fixed(NOW),
          records::add);

  @Test
  void refused_modelThatAClientMadeUp_isNoLabelButInTheRecord() {
    Refusal refusal = new Refusal.ModelNotFound("made up");
    Answer answer = new Answer(404, Map.of(), "{}");
    Facts facts = facts("model_not_found", Optional.of("made up"));

    log.refused(facts, refusal, answer, Optional.empty());

    assertThat(count("other", "model_not_found")).isOne();
    assertThat(records)
        .containsExactly(
            new Decided(
                NOW,
                "gateway",
                facts,
                Optional.of(new Decided.Refused(refusal, answer)),
                Optional.empty()));
  }

  @Test
  void allowed_modelOfTheConfiguration_isALabel() {
    log.allowed(facts("admitted", Optional.of("small")), Optional.of(Duration.ofMillis(2)));

    assertThat(count("small", "admitted")).isOne();
    assertThat(records)
        .singleElement()
        .matches(decided -> decided.refusal().isEmpty())
        .matches(decided -> decided.took().equals(Optional.of(Duration.ofMillis(2))));
  }

  @Test
  void allowed_modelNotKnownYet_isCountedAsNone() {
    log.allowed(facts("public", Optional.empty()), Optional.empty());

    assertThat(count("none", "public")).isOne();
  }

  @Test
  void allowed_whatLimitsInShadowWouldHaveRefused_isCounted() {
    log.allowed(
        new Facts(
            "r-1",
            "admitted",
            Optional.empty(),
            Optional.of("small"),
            Optional.empty(),
            Optional.of("rate_limit_exceeded")),
        Optional.empty());

    assertThat(
            metrics
                .registry()
                .getSampleValue(
                    "sluice_would_refuse_total",
                    new String[] {"door", "tier", "model", "reason"},
                    new String[] {"gateway", "none", "small", "rate_limit_exceeded"}))
        .isEqualTo(1.0);
  }

  private static Facts facts(String decision, Optional<String> model) {
    return new Facts("r-1", decision, Optional.empty(), model, Optional.empty(), Optional.empty());
  }

  private double count(String model, String reason) {
    Double value =
        metrics
            .registry()
            .getSampleValue(
                "sluice_decisions_total",
                new String[] {"door", "tier", "model", "reason"},
                new String[] {"gateway", "none", model, reason});
    return value == null ? 0 : value;
  }
}
