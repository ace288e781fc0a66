package dev.sluice.admission;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.CallerLookup;
import dev.sluice.account.Callers;
import dev.sluice.account.Credential;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.admission.Refusal.InvalidKey.Cause;
import dev.sluice.admission.Scope.Level;
import dev.sluice.policy.Block;
import dev.sluice.policy.Bounds;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import dev.sluice.policy.Rate;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.Tier;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the records of a caller decide; counting is tested with Redis. */
final class AdmissionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Random RANDOM = new Random(1);
  private static final KeyText TEXT = KeyText.generate("acme", RANDOM);
  private static final Rate HOURLY = new Rate(100, Duration.ofHours(1));
  private static final Catalog CATALOG =
      new Catalog(
          Map.of(
              "free",
              new Tier(
                  "free",
                  List.of(new Block(Set.of("small", "large"), "free", 1, List.of(HOURLY))))),
          Map.of());
  private static final Origin INSIDE = Origin.of(Optional.of("10.1.2.3"));

  private final Organization organization = new Organization("acme", "Acme", Optional.empty());
  private final Project project = new Project("acme", "p", "P", Optional.empty());
  private final User user = new User("acme", "u", "U", Role.DEVELOPER, Optional.empty());
  private final ApiKey key = ApiKey.issued(TEXT, "p", "u", KeyTerms.named("key"), NOW);
  private final OneCaller accounts = new OneCaller(new Caller(organization, project, user, key, 1));
  private final List<String> uses = new ArrayList<>();
  private long nanos;
  private final Told counters = new Told();
  private final Admission admission =
      admission(counters, new Block(Set.of("small", "large"), "free", 1, List.of(HOURLY)));

  @Test
  void archived_whateverItIs_isAnInvalidKeyWithItsCause() {
    accounts.caller = new Caller(organization.archived(true), project, user, key, 1);
    assertThat(refusal("small")).isEqualTo(invalid(Cause.ORGANIZATION_ARCHIVED));
    assertThat(authenticated()).isEqualTo(invalid(Cause.ORGANIZATION_ARCHIVED));
  }

  @Test
  void archived_project_isAnInvalidKeyWithItsCause() {
    accounts.caller = new Caller(organization, project.archived(true), user, key, 1);
    assertThat(refusal("small")).isEqualTo(invalid(Cause.PROJECT_ARCHIVED));
  }

  @Test
  void archived_user_isAnInvalidKeyWithItsCause() {
    accounts.caller = new Caller(organization, project, user.archived(true), key, 1);
    assertThat(refusal("small")).isEqualTo(invalid(Cause.USER_ARCHIVED));
  }

  @ParameterizedTest
  @CsvSource({"89, true", "90, false"})
  void keyAge_onlyFromTheRefusalOn_isRefused(long days, boolean admitted) {
    KeyAge age = new KeyAge(Duration.ofDays(60), Duration.ofDays(90));
    ApiKey old =
        ApiKey.issued(TEXT, "p", "u", KeyTerms.named("key"), NOW.minus(Duration.ofDays(days)));
    accounts.caller = new Caller(organization.withKeyAge(Optional.of(age)), project, user, old, 1);

    if (admitted) {
      assertThat(decide("small", INSIDE)).isInstanceOf(Decision.Admitted.class);
    } else {
      assertThat(refusal("small")).isEqualTo(invalid(Cause.OVER_AGE));
    }
  }

  @Test
  void permission_missing_isRefusedForWhatNeedsItOnly() {
    terms(terms -> terms.withPermissions(Set.of(Permission.MODELS)));

    assertThat(refusal("small")).isEqualTo(new Refusal.PermissionMissing(Permission.INFERENCE));
    assertThat(authenticated(Permission.MODELS)).isEmpty();
    assertThat(authenticated(Permission.ADMIN_READ))
        .contains(new Refusal.PermissionMissing(Permission.ADMIN_READ));
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "unknown"})
  void keyUse_keyThatIsHonoured_isToldWhateverBecomesOfTheRequest(String model) {
    decide(model, INSIDE);

    assertThat(uses).containsExactly(key.id());
  }

  @Test
  void keyUse_atADoorThatOnlyLooks_isToldToo() {
    authenticated(Permission.MODELS);

    assertThat(uses).containsExactly(key.id());
  }

  @Test
  void keyUse_keyThatIsRevoked_isNotTold() {
    accounts.caller = new Caller(organization, project, user, key.revoke(), 2);

    unused();
  }

  @Test
  void keyUse_keyWithoutThePermission_isNotTold() {
    terms(terms -> terms.withPermissions(Set.of()));

    unused();
  }

  @Test
  void keyUse_keyFromElsewhere_isNotTold() {
    terms(terms -> terms.withNetworks(Set.of(Network.parse("192.0.2.1"))));

    unused();
  }

  private void unused() {
    decide("small", INSIDE);
    authenticated(Permission.MODELS);
    assertThat(uses).isEmpty();
  }

  @Test
  void models_ofTheKey_narrowThoseOfTheTier() {
    terms(terms -> terms.withModels(Set.of("large", "elsewhere")));

    assertThat(decide("large", INSIDE)).isInstanceOf(Decision.Admitted.class);
    assertThat(refusal("small")).isEqualTo(new Refusal.KeyModelNotAllowed("small"));
    assertThat(refusal("elsewhere")).isEqualTo(new Refusal.ModelNotFound("elsewhere"));
    assertThat(admission.models(accounts.caller)).containsExactly("large");
  }

  @Test
  void networks_ofTheKey_areHeldAgainstTheOrigin() {
    terms(terms -> terms.withNetworks(Set.of(Network.parse("10.0.0.0/8"))));

    assertThat(decide("small", INSIDE)).isInstanceOf(Decision.Admitted.class);
    assertThat(decide("small", new Origin.Vouched())).isInstanceOf(Decision.Admitted.class);
    assertThat(refusal(decide("small", Origin.of(Optional.of("192.0.2.1")))))
        .isEqualTo(new Refusal.NetworkNotAllowed(Optional.of("192.0.2.1")));
    assertThat(refusal(decide("small", new Origin.Unknown())))
        .isEqualTo(new Refusal.NetworkNotAllowed(Optional.empty()));
  }

  @Test
  void limits_ofAllRecords_areHeldInOneCall() {
    limited();

    Decision.Admitted admitted = (Decision.Admitted) decide("small", INSIDE);

    assertThat(admitted.hold().limits())
        .extracting(limit -> limit.scope().level(), limit -> limit.scope().model())
        .containsExactly(
            tuple(Level.USER, Optional.of("small")), // the tier's
            tuple(Level.KEY, Optional.empty()),
            tuple(Level.KEY, Optional.of("small")),
            tuple(Level.USER, Optional.empty()),
            tuple(Level.PROJECT, Optional.empty()),
            tuple(Level.ORGANIZATION, Optional.empty()));
    assertThat(admitted.hold().limits())
        .extracting(ScopedLimit::limit)
        .containsExactly(HOURLY, rate(1), rate(2), new Concurrency(4), rate(5), new Concurrency(6));
  }

  @Test
  void limits_whereTheEndOfARequestIsNotSeen_areThoseThatNeedNoEnd() {
    limited();

    Decision decision =
        join(
            admission.admit(
                new AdmissionRequest(
                    "h",
                    Optional.empty(),
                    new Credential.Presented(TEXT),
                    "large",
                    Demand.UNKNOWN,
                    INSIDE,
                    false)));

    assertThat(((Decision.Admitted) decision).hold().limits())
        .extracting(ScopedLimit::limit)
        .containsExactly(HOURLY, rate(1), rate(3), rate(5));
  }

  @Test
  void exceeded_ofSeveralLimits_namesTheOneThatLastsLongest() {
    Scope scope = new Scope(Level.KEY, "k", Optional.empty());
    ScopedLimit running = new ScopedLimit(scope, new Concurrency(1));
    ScopedLimit rate = new ScopedLimit(scope, rate(1));
    EvaluatedLimit full = evaluated(running, 1, Duration.ofSeconds(1));
    counters.outcome =
        new Counters.Outcome.Exceeded(List.of(evaluated(rate, 1, Duration.ZERO), full));
    assertThat(refusal("small")).isEqualTo(new Refusal.ConcurrencyExceeded(full));

    EvaluatedLimit used = evaluated(rate, 1, Duration.ofMinutes(2));
    counters.outcome = new Counters.Outcome.Exceeded(List.of(full, used));
    assertThat(refusal("small")).isEqualTo(new Refusal.RateExceeded(used));
  }

  @Test
  void keyLimits_withAndWithoutAModel_areThoseThatConcernIt() {
    limited();
    KeyLimits limits = new KeyLimits(() -> CATALOG, counters, InstantSource.fixed(NOW));

    KeyLimits.Report all =
        join(
            limits.of(
                accounts.caller, Set.of("small", "large"), Optional.empty(), EndUser.UNNAMED));
    KeyLimits.Report one =
        join(
            limits.of(
                accounts.caller, Set.of("small", "large"), Optional.of("large"), EndUser.UNNAMED));

    assertThat(all.own()).hasSize(6);
    assertThat(all.ofTier()).hasSize(2);
    assertThat(all.cut()).isFalse();
    assertThat(one.own()).hasSize(5);
    assertThat(one.ofTier())
        .extracting(of -> of.limit().scope().model())
        .containsExactly(Optional.of("large"));
  }

  private void limited() {
    terms(
        terms ->
            terms.withLimits(
                new OwnLimits(
                    List.of(
                        new OwnLimit(rate(1), Optional.empty()),
                        new OwnLimit(rate(2), Optional.of("small")),
                        new OwnLimit(rate(3), Optional.of("large"))))));
    Caller caller = accounts.caller;
    accounts.caller =
        new Caller(
            organization.withLimits(own(new Concurrency(6))),
            project.withLimits(own(rate(5))),
            user.withLimits(own(new Concurrency(4))),
            caller.key(),
            1);
  }

  private static OwnLimits own(Limit limit) {
    return OwnLimits.of(new OwnLimit(limit, Optional.empty()));
  }

  private static Rate rate(long allowed) {
    return new Rate(allowed, Duration.ofMinutes(1));
  }

  private static EvaluatedLimit evaluated(ScopedLimit limit, long used, Duration retry) {
    return new EvaluatedLimit(limit, used, retry, Optional.of(retry));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 100, ''",
    "3, 100, batch_size_exceeded",
    "2, 101, output_tokens_exceeded",
    "3, 101, batch_size_exceeded",
  })
  void bounds_ofTheBlock_areHeldAgainstTheDemandBeforeAnythingIsCounted(
      long choices, long tokens, String reason) {
    Told counters = new Told();
    Admission bounded = admission(counters, bounded(RateScope.MODEL));

    Decision decision = join(bounded.admit(request("small", demand(choices, tokens), INSIDE)));

    if (reason.isEmpty()) {
      assertThat(decision).isInstanceOf(Decision.Admitted.class);
    } else {
      assertThat(refusal(decision).reason()).isEqualTo(reason);
      assertThat(counters.holds).isEmpty();
    }
  }

  @Test
  void bounds_inShadow_areReportedAndKeepTheRestInShadowFromCounting() {
    terms(
        terms ->
            terms.withLimits(
                new OwnLimits(
                    List.of(
                        new OwnLimit(rate(1).inShadow(), Optional.empty()),
                        new OwnLimit(rate(2), Optional.empty())))));
    Told counters = new Told();
    Block block =
        new Block(
            Set.of("small"),
            "free",
            1,
            List.of(),
            List.of(),
            new Bounds(OptionalLong.of(2), OptionalLong.empty(), true),
            RateScope.MODEL);
    Admission bounded = admission(counters, block);

    Decision over = join(bounded.admit(request("small", demand(3, 9), INSIDE)));
    Decision within = join(bounded.admit(request("small", demand(2, 9), INSIDE)));

    assertThat(((Decision.Admitted) over).wouldRefuse().orElseThrow().reason())
        .isEqualTo("batch_size_exceeded");
    assertThat(((Decision.Admitted) within).wouldRefuse()).isEmpty();
    assertThat(counters.holds)
        .extracting(hold -> hold.limits().stream().map(ScopedLimit::limit).toList())
        .containsExactly(List.of(rate(2)), List.of(rate(2), rate(1).inShadow()));
  }

  @Test
  void limitsInShadow_withoutRoom_areReportedByTheOneThatIsSoForLongest() {
    Scope scope = new Scope(Level.KEY, "k", Optional.empty());
    ScopedLimit shadow = new ScopedLimit(scope, rate(1).inShadow());
    ScopedLimit running = new ScopedLimit(scope, new Concurrency(1).inShadow());
    ScopedLimit enforced = new ScopedLimit(scope, rate(5));
    List<EvaluatedLimit> found =
        List.of(
            evaluated(running, 1, Duration.ofSeconds(1)),
            evaluated(shadow, 1, Duration.ofSeconds(9)),
            // With this request it is full; it had room for it.
            evaluated(enforced, 5, Duration.ofSeconds(50)));

    counters.outcome = new Counters.Outcome.Held(found, true);
    assertThat(((Decision.Admitted) decide("small", INSIDE)).wouldRefuse())
        .contains(new Refusal.RateExceeded(found.get(1)));
    counters.outcome = new Counters.Outcome.Held(found, false);
    assertThat(((Decision.Admitted) decide("small", INSIDE)).wouldRefuse()).isEmpty();
  }

  @Test
  void limitsPerEndUser_holdWhereTheBodyIsSeen_withHowManyThereMayBe() {
    terms(
        terms ->
            terms.withLimits(
                new OwnLimits(
                    List.of(
                        new OwnLimit(rate(1).inShadow(), Optional.empty(), true),
                        new OwnLimit(new Concurrency(2), Optional.of("small"), true),
                        new OwnLimit(
                            new Rate(3, Duration.ofDays(1)), Optional.of("large"), true)))));
    EndUser ada = EndUser.named("ada");

    decide("small", INSIDE);
    join(admission.admit(request("small", of(ada), INSIDE)));
    join(admission.admit(request("other", of(ada), INSIDE)));
    join(admission.admit(request("large", of(ada), INSIDE)));

    Optional<EndUser> user = Optional.of(ada);
    Scope all = new Scope(Level.KEY, key.id(), new Scope.Part.All(), user);
    Scope small = new Scope(Level.KEY, key.id(), new Scope.Part.OfModel("small"), user);
    assertThat(counters.holds.get(0).limits())
        .noneMatch(limit -> limit.scope().level() == Level.KEY);
    assertThat(counters.holds.get(1).limits())
        .contains(
            new ScopedLimit(all, rate(1).inShadow()),
            new ScopedLimit(small, new Concurrency(2)),
            new ScopedLimit(all, new EndUsers(100_000, Duration.ofDays(1), false)),
            new ScopedLimit(all, new EndUsers(100_000, Duration.ofMinutes(1), true)))
        .filteredOn(limit -> limit.scope().level() == Level.KEY)
        .hasSize(4);
    assertThat(counters.holds).hasSize(3); // nobody may call the other model
  }

  @Test
  void limitsPerEndUser_allInShadow_boundTheEndUsersInShadowToo() {
    terms(
        terms ->
            terms.withLimits(
                OwnLimits.of(new OwnLimit(rate(1).inShadow(), Optional.empty(), true))));

    join(admission.admit(request("small", of(EndUser.UNNAMED), INSIDE)));

    assertThat(counters.holds.get(0).limits())
        .extracting(ScopedLimit::limit)
        .contains(new EndUsers(100_000, Duration.ofMinutes(1), true));
  }

  @Test
  void tooManyEndUsers_isARefusalOfItsOwn() {
    Scope scope = new Scope(Level.KEY, "k", new Scope.Part.All(), Optional.of(EndUser.UNNAMED));
    EvaluatedLimit users =
        evaluated(
            new ScopedLimit(scope, new EndUsers(5, Duration.ofMinutes(1), false)),
            5,
            Duration.ofSeconds(9));

    counters.outcome = new Counters.Outcome.Exceeded(List.of(users));

    assertThat(refusal("small")).isEqualTo(new Refusal.EndUsersExceeded(users));
  }

  private static Demand of(EndUser endUser) {
    return new Demand(Optional.empty(), Optional.empty(), Optional.of(endUser));
  }

  @Test
  void limitsInShadow_areNeverWhyARequestIsRefused() {
    Scope scope = new Scope(Level.KEY, "k", Optional.empty());
    EvaluatedLimit shadow =
        evaluated(new ScopedLimit(scope, rate(1).inShadow()), 1, Duration.ofHours(9));
    EvaluatedLimit enforced = evaluated(new ScopedLimit(scope, rate(5)), 5, Duration.ofSeconds(50));

    counters.outcome = new Counters.Outcome.Exceeded(List.of(shadow, enforced));

    assertThat(refusal("small")).isEqualTo(new Refusal.RateExceeded(enforced));
  }

  @Test
  void bounds_ofAModelThatMayNotBeCalled_areNotSpokenOf() {
    terms(terms -> terms.withModels(Set.of("large")));
    Admission bounded = admission(new Told(), bounded(RateScope.MODEL));

    assertThat(refusal(join(bounded.admit(request("small", demand(9, 9), INSIDE)))))
        .isEqualTo(new Refusal.KeyModelNotAllowed("small"));
    assertThat(refusal(join(bounded.admit(request("none", demand(9, 9), INSIDE)))))
        .isEqualTo(new Refusal.ModelNotFound("none"));
  }

  @Test
  void demand_thatIsNotKnown_isNotHeldAgainstBounds() {
    Admission bounded = admission(new Told(), bounded(RateScope.MODEL));

    assertThat(join(bounded.admit(request("small", Demand.UNKNOWN, INSIDE))))
        .isInstanceOf(Decision.Admitted.class);
  }

  static Stream<Arguments> scopes() {
    return Stream.of(
        Arguments.of(RateScope.MODEL, "small", new Scope.Part.OfModel("small")),
        Arguments.of(RateScope.MODEL, "large", new Scope.Part.OfModel("large")),
        Arguments.of(RateScope.BLOCK, "small", new Scope.Part.OfBlock("free", "large")),
        Arguments.of(RateScope.BLOCK, "large", new Scope.Part.OfBlock("free", "large")),
        Arguments.of(RateScope.TIER, "small", new Scope.Part.OfTier("free")));
  }

  @ParameterizedTest
  @MethodSource("scopes")
  void rates_areCountedOverWhatTheBlockSays(RateScope scope, String model, Scope.Part part) {
    Told counters = new Told();

    join(admission(counters, bounded(scope)).admit(request(model, Demand.UNKNOWN, INSIDE)));

    assertThat(counters.holds)
        .singleElement()
        .satisfies(
            hold ->
                assertThat(hold.limits())
                    .extracting(ScopedLimit::scope)
                    .containsExactly(new Scope(Scope.Level.USER, "u", part)));
  }

  private static Block bounded(RateScope scope) {
    return new Block(
        Set.of("small", "large"),
        "free",
        1,
        List.of(new Rate(5, Duration.ofMinutes(1))),
        List.of(),
        new Bounds(OptionalLong.of(2), OptionalLong.of(100)),
        scope);
  }

  private static Demand demand(long choices, long tokens) {
    return new Demand(
        Optional.of(new Demand.Amount("n", choices)),
        Optional.of(new Demand.Amount("max_tokens", tokens)),
        Optional.empty());
  }

  private static AdmissionRequest request(String model, Demand demand, Origin origin) {
    return new AdmissionRequest(
        "h", Optional.empty(), new Credential.Presented(TEXT), model, demand, origin, true);
  }

  private Admission admission(Counters counters, Block block) {
    return new Admission(
        () -> new Catalog(Map.of("free", new Tier("free", List.of(block))), Map.of()),
        new Callers(accounts, 10, () -> 0),
        counters,
        Duration.ofMinutes(1),
        InstantSource.fixed(NOW),
        used -> uses.add(used.id()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "other", "nobody"})
  void wrongKey_ofAnyOrganization_takesTheSameWay(String its) {
    KeyText wrong = KeyText.generate(its, RANDOM);

    Decision.Refused refused =
        (Decision.Refused)
            join(
                admission.admit(
                    new AdmissionRequest(
                        "h",
                        Optional.empty(),
                        new Credential.Presented(wrong),
                        "small",
                        Demand.UNKNOWN,
                        INSIDE,
                        true)));

    assertThat(refused.refusal())
        .isEqualTo(new Refusal.InvalidKey(Cause.UNKNOWN, wrong.lastFour()));
    assertThat(refused.caller()).isEmpty();
    assertThat(accounts.asked).isEqualTo(2);
  }

  /** Decided by the store once; then that is away. */
  @Test
  void storeIsAway_knownKey_isDecidedByTheSameRulesAndCountedHere() {
    Admission admission = outage();
    join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)));
    accounts.away = true;
    counters.away = true;
    uses.clear();
    // Nothing is recent any more.
    nanos += Duration.ofSeconds(1).toNanos();

    Decision.Admitted admitted =
        (Decision.Admitted) join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)));
    assertThat(admitted.hold().id()).as("not that of which the store may know").isNotEqualTo("h");
    assertThat(admitted.limits()).isEmpty();
    assertThat(refusal(join(admission.admit(request("none", Demand.UNKNOWN, INSIDE)))))
        .isEqualTo(new Refusal.ModelNotFound("none"));
    Credential credential = new Credential.Presented(TEXT);
    assertThat(join(admission.authenticate(credential))).isInstanceOf(Authentication.Known.class);
    assertThat(join(admission.recognize(credential))).isInstanceOf(Authentication.Known.class);
    assertThat(join(admission.authenticate(credential, Optional.empty(), caller -> INSIDE)))
        .isInstanceOf(Authentication.Known.class);
    assertThat(uses).as("that a key was used is said when the store confirms it").isEmpty();
    assertThat(
            refusal(join(admission.byStoreOnly().admit(request("small", Demand.UNKNOWN, INSIDE)))))
        .isEqualTo(new Refusal.StoreUnavailable());
  }

  @Test
  void storeIsAway_shareIsUsedUp_isRefusedByIt() {
    Admission admission = outage();
    join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)));
    accounts.away = true;
    counters.away = true;
    for (int i = 0; i < 50; i++) {
      assertThat(
              join(
                  admission.admit(
                      new AdmissionRequest(
                          "h" + i,
                          Optional.empty(),
                          new Credential.Presented(TEXT),
                          "small",
                          Demand.UNKNOWN,
                          INSIDE,
                          true))))
          .isInstanceOf(Decision.Admitted.class);
    }

    Refusal refusal = refusal(join(admission.admit(request("small", Demand.UNKNOWN, INSIDE))));

    assertThat(refusal).isInstanceOf(Refusal.ShareExceeded.class);
    assertThat(((Refusal.ShareExceeded) refusal).share()).isEqualTo(50);
  }

  @Test
  void storeIsAway_keyThatItNeverConfirmed_isNotDecided() {
    Admission admission = outage();
    accounts.away = true;
    counters.away = true;

    assertThat(refusal(join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)))))
        .isEqualTo(new Refusal.StoreUnavailable());
    assertThat(join(admission.authenticate(new Credential.Presented(TEXT))))
        .isEqualTo(new Authentication.Rejected(new Refusal.StoreUnavailable(), Optional.empty()));
  }

  @Test
  void decisionFails_whileTheStoreAnswers_isNoOutage() {
    Admission admission = outage();
    join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)));
    counters.failure = Optional.of(new IllegalStateException("a fault"));

    assertThat(refusal(join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)))))
        .isEqualTo(new Refusal.DecisionFailed());
  }

  @Test
  void changesOvertakeADecisionEachTime_isNoOutage() {
    Admission admission = outage();
    counters.outcome = new Counters.Outcome.Stale();

    assertThat(refusal(join(admission.admit(request("small", Demand.UNKNOWN, INSIDE)))))
        .isEqualTo(new Refusal.Overtaken());
  }

  /** With the policy for outages, as one of two replicas. */
  private Admission outage() {
    OutagePolicy policy = OutagePolicy.DEFAULT;
    Outage outage = new Outage(policy, () -> 2, new ToldMetrics(), () -> 0);
    OutageCounters both = new OutageCounters(counters, policy, () -> 2, outage, () -> 0);
    Callers callers = new Callers(accounts, 10, () -> nanos);
    return new Admission(
            () -> CATALOG,
            callers,
            both,
            Duration.ofMinutes(1),
            InstantSource.fixed(NOW),
            used -> uses.add(used.id()))
        .withFallback(
            callers.confirmedWithin(policy.keys(), outage::failed), both.withoutStore(), outage);
  }

  private void terms(UnaryOperator<KeyTerms> change) {
    accounts.caller =
        new Caller(organization, project, user, key.under(change.apply(key.terms())), 1);
  }

  private Decision decide(String model, Origin origin) {
    return join(admission.admit(request(model, Demand.UNKNOWN, origin)));
  }

  private Refusal refusal(String model) {
    return refusal(decide(model, INSIDE));
  }

  private static Refusal refusal(Decision decision) {
    return ((Decision.Refused) decision).refusal();
  }

  private Refusal authenticated() {
    Authentication found = join(admission.authenticate(new Credential.Presented(TEXT)));
    return ((Authentication.Rejected) found).refusal();
  }

  private Optional<Refusal> authenticated(Permission permission) {
    Authentication found =
        join(
            admission.authenticate(
                new Credential.Presented(TEXT), Optional.of(permission), caller -> INSIDE));
    return found instanceof Authentication.Rejected rejected
        ? Optional.of(rejected.refusal())
        : Optional.empty();
  }

  private static Refusal invalid(Cause cause) {
    return new Refusal.InvalidKey(cause, TEXT.lastFour());
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  /** Knows one key. */
  private static final class OneCaller implements CallerLookup {
    private Caller caller;
    private int asked;
    private boolean away;

    private OneCaller(Caller caller) {
      this.caller = caller;
    }

    @Override
    public CompletionStage<Optional<Caller>> caller(KeyText key) {
      asked++;
      if (away) {
        return failedFuture(new Away());
      }
      return completedFuture(key.equals(TEXT) ? Optional.of(caller) : Optional.empty());
    }
  }

  /** Answers as it is told: there is room for everybody. */
  private static final class Told implements SharedCounters {
    private boolean away;
    private Optional<RuntimeException> failure = Optional.empty();

    private final List<Hold> holds = new ArrayList<>();
    private Outcome outcome = new Outcome.Held(List.of());

    @Override
    public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
      holds.add(hold);
      if (failure.isPresent()) {
        return failedFuture(failure.get());
      }
      return away ? failedFuture(new Away()) : completedFuture(outcome);
    }

    @Override
    public CompletionStage<Boolean> adopt(Hold hold, Duration age, Optional<Settlement> settled) {
      throw new AssertionError("nothing is adopted here");
    }

    @Override
    public CompletionStage<Boolean> resume(Hold hold) {
      throw new AssertionError("nothing is renewed here");
    }

    @Override
    public CompletionStage<List<EvaluatedLimit>> evaluate(
        String organization, List<ScopedLimit> limits, Optional<Instant> at) {
      return completedFuture(
          limits.stream().map(limit -> evaluated(limit, 0, Duration.ZERO)).toList());
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
