package dev.sluice.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CatalogTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant END = Instant.parse("2026-12-01T06:00:00Z");

  private static final Tier FREE =
      tier("free", block("plain"), block("old", "down", "closed", "old-and-down"));
  private static final Tier GOLD = tier("gold", block("plain", "closed"), block("gold-only"));

  private static final Catalog CATALOG =
      new Catalog(
          Stream.of(
                  FREE,
                  GOLD,
                  tier("deprecated", block("old", "old-and-down")),
                  tier("maintenance", block("down", "down-openly", "old-and-down")),
                  tier("restricted", block("closed", "closed-to-all", "down")))
              .collect(Collectors.toMap(Tier::name, Function.identity())),
          Map.of("down", END));

  private static Tier tier(String name, Block... blocks) {
    return new Tier(name, List.of(blocks));
  }

  private static Block block(String... models) {
    return new Block(Set.of(models), "web", 1, List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "free,        false, plain,         Allowed",
    "free,        true,  plain,         Allowed",
    "gold,        true,  gold-only,     Allowed",
    "gold,        false, gold-only,     Allowed",
    "free,        true,  gold-only,     NotFound",
    "free,        true,  no-such,       NotFound",
    "no-such,     true,  plain,         NotFound",
    "free,        true,  old,           ModelDeprecated",
    "gold,        true,  old,           ModelDeprecated",
    "no-such,     false, old,           ModelDeprecated",
    "free,        true,  down,          UnderMaintenance",
    "gold,        true,  down-openly,   UnderMaintenance",
    "free,        true,  old-and-down,  ModelDeprecated",
    "free,        false, closed,        Restricted",
    "free,        true,  closed,        Allowed",
    "gold,        true,  closed,        Allowed",
    "gold,        false, closed,        Restricted",
    "gold,        true,  closed-to-all, Restricted",
    "no-such,     true,  closed,        Restricted",
    "restricted,  true,  closed,        Restricted",
    "restricted,  true,  plain,         NotFound",
    "deprecated,  true,  plain,         NotFound",
    "maintenance, true,  plain,         NotFound",
  })
  void access_tierAndModel_isDecidedByTheSystemTiersFirst(
      String tier, boolean explicit, String model, String access) {
    assertThat(CATALOG.access(tier, explicit, model, NOW).getClass().getSimpleName())
        .isEqualTo(access);
  }

  @Test
  void access_allowed_carriesTierAndBlock() {
    assertThat(CATALOG.access("gold", true, "gold-only", NOW))
        .isEqualTo(new ModelAccess.Allowed(GOLD, block("gold-only")));
  }

  @Test
  void access_maintenance_carriesItsEndIfConfigured() {
    assertThat(CATALOG.access("free", true, "down", NOW))
        .isEqualTo(new ModelAccess.UnderMaintenance(Optional.of(END)));
    assertThat(CATALOG.access("free", true, "down-openly", NOW))
        .isEqualTo(new ModelAccess.UnderMaintenance(Optional.empty()));
  }

  @Test
  void access_modelInTwoBlocks_belongsToTheFirst() {
    Block first = new Block(Set.of("m"), "a", 1, List.of());
    Block second = new Block(Set.of("m", "n"), "b", 2, List.of());
    Tier tier = tier("t", first, second);
    Catalog catalog = new Catalog(Map.of("t", tier), Map.of());

    assertThat(catalog.access("t", false, "m", NOW))
        .isEqualTo(new ModelAccess.Allowed(tier, first));
    assertThat(catalog.access("t", false, "n", NOW))
        .isEqualTo(new ModelAccess.Allowed(tier, second));
  }

  @ParameterizedTest
  @CsvSource({
    "free,       true,  'closed plain'",
    "free,       false, 'plain'",
    "gold,       true,  'closed gold-only plain'",
    "restricted, true,  ''",
    "no-such,    true,  ''",
  })
  void allowedModels_areThoseThatAccessAllows(String tier, boolean explicit, String models) {
    assertThat(String.join(" ", CATALOG.allowedModels(tier, explicit, NOW))).isEqualTo(models);
  }

  /** Empty texts say nothing. */
  private static Model goes(String name, String successor, String deprecated, String sunset) {
    return new Model(
        name,
        Optional.empty(),
        Optional.of(successor).filter(text -> !text.isEmpty()),
        Optional.of(deprecated).filter(text -> !text.isEmpty()).map(Instant::parse),
        Optional.of(sunset).filter(text -> !text.isEmpty()).map(Instant::parse));
  }

  private static Catalog saying(Model... models) {
    return new Catalog(
        Map.of("free", FREE, "deprecated", tier("deprecated", block("old")), "gold", GOLD),
        Map.of(),
        Stream.of(models).collect(Collectors.toMap(Model::name, Function.identity())));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-30T23:59:59Z, Allowed,         false",
    "2026-12-01T00:00:00Z, Allowed,         true",
    "2027-01-30T23:59:59Z, Allowed,         true",
    "2027-01-31T00:00:00Z, ModelDeprecated, true",
  })
  void model_withDates_isToldToGoFromTheFirstAndGoneFromTheSecondOn(
      Instant now, String access, boolean told) {
    Catalog catalog =
        saying(goes("plain", "gold-only", "2026-12-01T00:00:00Z", "2027-01-31T00:00:00Z"));

    assertThat(catalog.access("free", true, "plain", now).getClass().getSimpleName())
        .isEqualTo(access);
    assertThat(catalog.allowedModels("free", true, now).contains("plain"))
        .isEqualTo(access.equals("Allowed"));
    assertThat(catalog.retirement("plain", now).isPresent()).isEqualTo(told);
  }

  @Test
  void retirement_sunsetWithoutDeprecation_isToldAtOnce() {
    Catalog catalog = saying(goes("plain", "", "", "2027-01-31T00:00:00Z"));

    assertThat(catalog.retirement("plain", NOW))
        .contains(
            new Retirement(
                Optional.empty(),
                Optional.of(Instant.parse("2027-01-31T00:00:00Z")),
                Optional.empty()));
    assertThat(catalog.retirement("gold-only", NOW)).isEmpty();
  }

  @Test
  void access_deprecatedByTheTier_namesTheSuccessorThatIsConfigured() {
    assertThat(saying(goes("old", "plain", "", "")).access("gold", true, "old", NOW))
        .isEqualTo(new ModelAccess.ModelDeprecated(Optional.of("plain")));
    assertThat(saying().access("gold", true, "old", NOW))
        .isEqualTo(new ModelAccess.ModelDeprecated(Optional.empty()));
  }

  @Test
  void successor_thatHasGoneItself_isPassedOver() {
    Model first = goes("a", "b", "", "2020-01-01T00:00:00Z");
    Model second = goes("b", "old", "", "2021-01-01T00:00:00Z");

    assertThat(saying(first, second, goes("old", "c", "", "")).retirement("a", NOW))
        .flatMap(Retirement::successor)
        .contains("c");
    assertThat(saying(first, second).retirement("a", NOW)).flatMap(Retirement::successor).isEmpty();
  }

  @Test
  void nameAtBackend_isThePublicOneUnlessItIsSaid() {
    Model alias =
        new Model(
            "plain",
            Optional.of("plain-120b"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(saying(alias).nameAtBackend("plain")).isEqualTo("plain-120b");
    assertThat(saying(alias).nameAtBackend("old")).isEqualTo("old");
  }

  @Test
  void model_nonsense_isRefused() {
    assertThatThrownBy(() -> goes("a", "a", "", "")).hasMessage("the model a is its own successor");
    assertThatThrownBy(() -> goes("a", "", "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))
        .hasMessage("the model a ends before it is deprecated");
    assertThatThrownBy(() -> new Catalog(Map.of(), Map.of(), Map.of("b", goes("a", "", "", ""))))
        .hasMessage("model a stands under b");
  }

  @Test
  void tiersByModel_listsEveryModel() {
    assertThat(CATALOG.tiersByModel())
        .containsEntry("plain", Set.of("free", "gold"))
        .containsEntry("down", Set.of("free", "maintenance", "restricted"))
        .containsEntry("closed-to-all", Set.of("restricted"))
        .hasSize(8);
  }

  @Test
  void create_tierUnderAnotherName_isRefused() {
    assertThatThrownBy(() -> new Catalog(Map.of("gold", FREE), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tier free stands under gold");
  }

  @Test
  void block_nonsense_isRefused() {
    Rate rate = new Rate(1, Duration.ofMinutes(1));
    assertThatThrownBy(() -> new Block(Set.of(), "a", 1, List.of()))
        .hasMessage("a block needs at least one model");
    assertThatThrownBy(() -> new Block(Set.of("m"), " ", 1, List.of()))
        .hasMessage("a block needs a qos label");
    assertThatThrownBy(() -> new Block(Set.of("m"), "a", -1, List.of()))
        .hasMessage("queueDepth must be 0 or more: -1");
    assertThatThrownBy(() -> new Block(Set.of("m"), "a", 1, List.of(rate, rate)))
        .hasMessage("two rates have the same period: PT1M");
  }

  @ParameterizedTest
  @CsvSource({"-1, PT1M", "1, PT0.999S", "1, P367D"})
  void rate_nonsense_isRefused(long requests, Duration period) {
    assertThatThrownBy(() -> new Rate(requests, period))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
