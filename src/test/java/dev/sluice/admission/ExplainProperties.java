package dev.sluice.admission;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Callers;
import dev.sluice.account.Credential;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.KeyUse;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.policy.Block;
import dev.sluice.policy.Bounds;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.Model;
import dev.sluice.policy.OwnLimits;
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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is explained is what is decided, whoever asks for what under whichever limits. */
final class ExplainProperties {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final KeyText TEXT = KeyText.generate("acme", new Random(1));
  private static final KeyText OTHER = KeyText.generate("acme", new Random(2));
  private static final Origin.Address FROM = (Origin.Address) Origin.of(Optional.of("10.1.2.3"));

  private static final List<String> MODELS =
      List.of("small", "large", "secret", "old", "gone", "broken", "unknown");
  private static final List<Optional<String>> TIERS =
      List.of(
          Optional.empty(),
          Optional.of("web"),
          Optional.of("legal"),
          Optional.of("deprecated"),
          Optional.of("lost"));

  private static final Catalog CATALOG =
      new Catalog(
          Map.of(
              "free", tier("free", "small"),
              "web", tier("web", "small", "large", "gone", "old", "broken"),
              "legal", tier("legal", "secret"),
              "deprecated", tier("deprecated", "old"),
              "maintenance", tier("maintenance", "broken"),
              "restricted", tier("restricted", "secret")),
          Map.of(),
          Map.of(
              "gone",
              new Model(
                  "gone", Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(NOW))));

  /** What may speak against a request, of itself. */
  enum Against {
    NOTHING,
    REVOKED,
    EXPIRED,
    ROTATED,
    USER_ARCHIVED,
    NETWORK,
    PERMISSION,
    KEY_MODELS,
    BATCH
  }

  @Property(tries = 2_000)
  void explain_anyRequest_saysWhatAdmissionDecides(
      @ForAll Set<Against> against,
      @ForAll @IntRange(max = 6) int model,
      @ForAll @IntRange(max = 4) int tier,
      @ForAll int full) {
    Caller caller = caller(against, TIERS.get(tier));
    Demand demand =
        new Demand(
            against.contains(Against.BATCH)
                ? Optional.of(new Demand.Amount("n", 3))
                : Optional.empty(),
            Optional.empty(),
            Optional.of(EndUser.UNNAMED));
    Counters counters = new Filled(full);
    Admission admission =
        new Admission(
            () -> CATALOG,
            new Callers(key -> completedFuture(Optional.of(caller)), 1, System::nanoTime),
            counters,
            Duration.ofMinutes(1),
            InstantSource.fixed(NOW),
            KeyUse.IGNORED);
    Explain explain =
        new Explain(
            () -> CATALOG,
            counters,
            (name, qos) -> new Queues.View(List.of("one"), Optional.of(new Queues.Now(0, 0, 1))),
            InstantSource.fixed(NOW));

    Decision decision =
        join(
            admission.admit(
                new AdmissionRequest(
                    "hold",
                    Optional.empty(),
                    new Credential.Presented(TEXT),
                    MODELS.get(model),
                    demand,
                    FROM,
                    true)));
    Explanation explanation =
        join(
            explain.explain(
                new Question(
                    caller,
                    KeySecret.of(TEXT, NOW),
                    MODELS.get(model),
                    demand,
                    Optional.of(FROM),
                    Optional.empty())));

    assertThat(explanation.refusal())
        .isEqualTo(
            decision instanceof Decision.Refused refused
                ? Optional.of(refused.refusal())
                : Optional.empty());
    if (!decision.limits().isEmpty()) {
      Step.OfLimits limits = (Step.OfLimits) explanation.steps().get(7);
      assertThat(limits.ofTier().size() + limits.own().size()).isEqualTo(decision.limits().size());
      assertThat(decision.limits()).containsAll(limits.ofTier()).containsAll(limits.own());
    }
  }

  private static Tier tier(String name, String... models) {
    return new Tier(
        name,
        List.of(
            new Block(
                Set.of(models),
                "web",
                1,
                List.of(new Rate(5, Duration.ofMinutes(1)), new Rate(50, Duration.ofDays(1))),
                List.of(),
                new Bounds(OptionalLong.of(2), OptionalLong.empty()),
                RateScope.MODEL)));
  }

  private static Caller caller(Set<Against> against, Optional<String> tier) {
    KeyTerms terms = KeyTerms.named("key").withLimits(OwnLimits.of(LimitText.parse("running=3")));
    if (against.contains(Against.EXPIRED)) {
      terms = terms.withExpiry(Optional.of(NOW));
    }
    if (against.contains(Against.NETWORK)) {
      terms = terms.withNetworks(Set.of(Network.parse("192.0.2.0/24")));
    }
    if (against.contains(Against.PERMISSION)) {
      terms = terms.withPermissions(Set.of(Permission.MODELS));
    }
    if (against.contains(Against.KEY_MODELS)) {
      terms = terms.withModels(Set.of("large"));
    }
    ApiKey key = ApiKey.issued(TEXT, "p", "u", terms, NOW);
    if (against.contains(Against.ROTATED)) {
      key = key.rotate(OTHER, NOW, Duration.ZERO);
    }
    if (against.contains(Against.REVOKED)) {
      key = key.revoke();
    }
    User user = new User("acme", "u", "U", Role.DEVELOPER, tier);
    return new Caller(
        new Organization("acme", "Acme", Optional.empty()),
        new Project("acme", "p", "P", Optional.empty())
            .withLimits(OwnLimits.of(LimitText.parse("7/1h"), LimitText.parse("9/1d:large"))),
        against.contains(Against.USER_ARCHIVED) ? user.archived(true) : user,
        key,
        1);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  /**
   * Some limits have no room.
   *
   * @param full which: a bit for each, by what it is
   */
  private record Filled(int full) implements Counters {
    @Override
    public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
      List<EvaluatedLimit> all = evaluated(hold.limits());
      return completedFuture(
          all.stream().anyMatch(EvaluatedLimit::exhausted)
              ? new Outcome.Exceeded(all)
              : new Outcome.Held(all));
    }

    @Override
    public CompletionStage<List<EvaluatedLimit>> evaluate(
        String organization, List<ScopedLimit> limits, Optional<Instant> at) {
      return completedFuture(evaluated(limits));
    }

    private List<EvaluatedLimit> evaluated(List<ScopedLimit> limits) {
      return limits.stream().map(this::evaluated).toList();
    }

    private EvaluatedLimit evaluated(ScopedLimit limit) {
      int hash = limit.toString().hashCode();
      boolean exhausted = (full >> Math.floorMod(hash, 32) & 1) == 1;
      Duration wait = exhausted ? Duration.ofSeconds(1 + Math.floorMod(hash, 1000)) : Duration.ZERO;
      return new EvaluatedLimit(
          limit, exhausted ? limit.limit().allowed() : 0, wait, Optional.of(wait));
    }

    @Override
    public CompletionStage<Boolean> renew(Hold hold) {
      return completedFuture(true);
    }

    @Override
    public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
      return completedFuture(true);
    }

    @Override
    public CompletionStage<Boolean> cancel(Hold hold) {
      return completedFuture(true);
    }
  }
}
