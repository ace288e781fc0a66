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
    assertThat(CATALOG.access(tier, explicit, model).getClass().getSimpleName()).isEqualTo(access);
  }

  @Test
  void access_allowed_carriesTierAndBlock() {
    assertThat(CATALOG.access("gold", true, "gold-only"))
        .isEqualTo(new ModelAccess.Allowed(GOLD, block("gold-only")));
  }

  @Test
  void access_maintenance_carriesItsEndIfConfigured() {
    assertThat(CATALOG.access("free", true, "down"))
        .isEqualTo(new ModelAccess.UnderMaintenance(Optional.of(END)));
    assertThat(CATALOG.access("free", true, "down-openly"))
        .isEqualTo(new ModelAccess.UnderMaintenance(Optional.empty()));
  }

  @Test
  void access_modelInTwoBlocks_belongsToTheFirst() {
    Block first = new Block(Set.of("m"), "a", 1, List.of());
    Block second = new Block(Set.of("m", "n"), "b", 2, List.of());
    Tier tier = tier("t", first, second);
    Catalog catalog = new Catalog(Map.of("t", tier), Map.of());

    assertThat(catalog.access("t", false, "m")).isEqualTo(new ModelAccess.Allowed(tier, first));
    assertThat(catalog.access("t", false, "n")).isEqualTo(new ModelAccess.Allowed(tier, second));
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
    assertThat(String.join(" ", CATALOG.allowedModels(tier, explicit))).isEqualTo(models);
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
