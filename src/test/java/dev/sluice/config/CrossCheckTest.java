package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.policy.Block;
import dev.sluice.policy.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be said only when both files are known. */
final class CrossCheckTest {
  private static final String TIERS =
      """
      serviceTiers:
        free: [{models: [m]}]
        web: [{models: [m]}]
      """;

  private final Path folder;

  CrossCheckTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Configuration load(String vendors, String ours, String models)
      throws IOException, InvalidConfiguration {
    Files.writeString(folder.resolve("sambastack.yaml"), vendors);
    return Configuration.load(
        Files.writeString(
            folder.resolve("sluice.yaml"),
            """
            %s
            deployments:
            - {name: d, url: 'http://h', slots: 1, models: %s, qosList: [web, free]}
            """
                .formatted(ours, models)),
        Map.of());
  }

  private List<String> warnings(String vendors, String models) throws Exception {
    return texts(load(vendors, "sambastack: sambastack.yaml", models).warnings());
  }

  private List<String> errors(String ours) {
    return texts(
        catchThrowableOfType(
                InvalidConfiguration.class,
                () -> load(TIERS, "sambastack: sambastack.yaml\n" + ours, "[m]"))
            .problems());
  }

  private List<String> texts(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  @Test
  void twoGoodFiles_sayNothing() throws Exception {
    assertThat(warnings(TIERS, "[m]")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gold: [{models: [m]}] | sambastack.yaml:4: serviceTiers.gold[0]: no deployment has the label \"gold\" in its qosList",
        "gold: [{models: [m], qos: fast}] | sambastack.yaml:4: serviceTiers.gold[0].qos: no deployment has the label \"fast\" in its qosList",
        "gold: [{models: [x], qos: web}] | sambastack.yaml:4: serviceTiers.gold[0].models[0]: no deployment serves the model x",
        "gold: [] | sambastack.yaml:4: serviceTiers.gold: lists no model: its users can call nothing",
        "gold: | sambastack.yaml:4: serviceTiers.gold: lists no model: its users can call nothing",
      })
  void doubtfulTier_isWarnedOf(String tier, String warning) throws Exception {
    assertThat(warnings(TIERS + "  " + tier + "\n", "[m]")).containsExactly(warning);
  }

  @Test
  void shadowTiers_putAllOfATierInShadow_builtInOrNot() throws Exception {
    String vendors =
        """
        serviceTiers:
          web: [{models: [m], maxBatchSize: 2, rates: {allowedRequests: 9, periodSeconds: 60}}]
          gold: {inherits: web}
        """;
    Configuration configuration =
        load(vendors, "sambastack: sambastack.yaml\nshadowTiers: [web, free]", "[m, n]");

    assertThat(block(configuration, "web").rates()).allMatch(Rate::shadow).isNotEmpty();
    assertThat(block(configuration, "web").bounds().shadow()).isTrue();
    assertThat(block(configuration, "free").rates()).allMatch(Rate::shadow).isNotEmpty();
    // A tier that inherits from it is another tier.
    assertThat(block(configuration, "gold").rates()).noneMatch(Rate::shadow).isNotEmpty();
    assertThat(configuration.tiers().tiers().get(0).rows().get(0).block().rates())
        .allMatch(Rate::shadow);
  }

  private static Block block(Configuration configuration, String tier) {
    return Optional.ofNullable(configuration.catalog().tiers().get(tier))
        .orElseThrow()
        .blocks()
        .get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[wbe] | sluice.yaml:2: shadowTiers[0]: there is no tier wbe; did you mean \"web\"?",
        "[deprecated] | sluice.yaml:2: shadowTiers[0]: the tier deprecated speaks of models and limits nothing",
        "web | sluice.yaml:2: shadowTiers: expected a list, found a single value",
        "[[web]] | sluice.yaml:2: shadowTiers[0]: expected a text, found a list",
      })
  void shadowTiers_wrong_areAnError(String names, String error) {
    assertThat(errors("shadowTiers: " + names)).contains(error);
  }

  @Test
  void modelDeprecatedAndInTiersForUsers_isWarnedOfAtEach() throws Exception {
    assertThat(warnings(TIERS + "  deprecated: [{models: [m]}]\n", "[m]"))
        .containsExactly(
            "sambastack.yaml:2: serviceTiers.free[0].models[0]: the tier deprecated lists the model"
                + " m too, at sambastack.yaml:4, and that holds",
            "sambastack.yaml:3: serviceTiers.web[0].models[0]: the tier deprecated lists the model"
                + " m too, at sambastack.yaml:4, and that holds");
  }

  @Test
  void whatABaseDoesWrong_isSaidOnce() throws Exception {
    String vendors =
        TIERS + "  a: [{models: [x], qos: web}]\n  b: {inherits: a}\n  c: {inherits: b}\n";

    assertThat(warnings(vendors, "[m]"))
        .containsExactly(
            "sambastack.yaml:4: serviceTiers.a[0].models[0]: no deployment serves the model x");
  }

  @Test
  void modelThatIsServedAndInNoTier_isWarnedOf() throws Exception {
    assertThat(warnings(TIERS, "[m, n]"))
        .containsExactly(
            "sluice.yaml:3: deployments[0].name: no tier lists the model n, which this deployment"
                + " serves: nobody can call it");
  }

  @Test
  void missingFreeAndWeb_areBuiltInForWhatTheFileDoesNotSpeakOf() throws Exception {
    Configuration configuration =
        load(
            "serviceTiers:\n  gold: [{models: [a], qos: web}]\n  restricted: [{models: [b]}]\n",
            "sambastack: sambastack.yaml",
            "[a, b, c]");

    assertThat(texts(configuration.warnings()))
        .containsExactly(
            "sambastack.yaml:1: serviceTiers.free: missing: the built-in tier holds, which lists c"
                + " with 20 requests in 60 s and 20 requests in 86400 s",
            "sambastack.yaml:1: serviceTiers.web: missing: the built-in tier holds, which lists c"
                + " with 60 requests in 60 s and 12000 requests in 86400 s");
    assertThat(configuration.catalog().allowedModels("free", false, Instant.EPOCH))
        .containsExactly("c");
    assertThat(configuration.catalog().allowedModels("web", true, Instant.EPOCH))
        .containsExactly("c");
    assertThat(configuration.catalog().allowedModels("gold", true, Instant.EPOCH))
        .containsExactly("a");
  }

  @Test
  void fileThatTakesEverythingFromFree_isObeyed() throws Exception {
    Configuration configuration =
        load(
            "serviceTiers: {free: [], web: [{models: [m]}]}",
            "sambastack: sambastack.yaml",
            "[m, n]");

    assertThat(configuration.catalog().allowedModels("free", false, Instant.EPOCH)).isEmpty();
  }

  @Test
  void servingNameThatTheDeploymentDoesNotHave_isWarnedOf() throws Exception {
    String vendors =
        TIERS
            + """
            ---
            kind: ModelDeployment
            metadata: {name: d}
            spec: {name: M, models: [x], groups: []}
            """;

    assertThat(warnings(vendors, "[m]"))
        .containsExactly(
            "sluice.yaml:3: deployments[0].name: the API calls the model of this deployment M"
                + " (sambastack.yaml:7), which is not in models");
  }

  @Test
  void sambastack_maybeAListOfFilesAndDirectories() throws Exception {
    Path more = Files.createDirectory(folder.resolve("more"));
    Files.writeString(more.resolve("a.yaml"), "serviceTiers: {gold: {inherits: web}}");

    Configuration configuration = load(TIERS, "sambastack: [more, sambastack.yaml]", "[m]");

    assertThat(configuration.settings().sambastack())
        .containsExactly(more, folder.resolve("sambastack.yaml"));
    assertThat(configuration.catalog().tiers()).containsOnlyKeys("free", "web", "gold");
  }

  @Test
  void sambastack_maybeTheFolderOfBothFiles() throws Exception {
    assertThat(load(TIERS, "sambastack: .", "[m]").warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "grpc: {port: 8000} | sluice.yaml:2: grpc.port: 8000 is the port of gateway too; two doors cannot listen on one",
        "gateway: {port: 9090} | sluice.yaml:1: metrics.port: 9090 is the port of gateway too; two doors cannot listen on one",
        "metrics: {host: 127.0.0.1, port: 6070} | sluice.yaml:1: debug.port: 6070 is the port of metrics too; two doors cannot listen on one",
        "extAuthz: {modelHeader: authorization} | sluice.yaml:2: extAuthz.modelHeader: expected the name of a header, in lower case, that carries no credential, found \"authorization\"",
        "auth: {modelHeader: x-api-key} | sluice.yaml:2: auth.modelHeader: expected the name of a header, in lower case, that carries no credential, found \"x-api-key\"",
      })
  void doorsThatCannotWork_areErrors(String ours, String error) {
    assertThat(errors(ours)).containsExactly(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'gateway: {host: 127.0.0.1, port: 7000}\ngrpc: {host: 127.0.0.2, port: 7000}'",
        "'gateway: {port: 0}\ngrpc: {port: 0}'",
      })
  void doorsOnOtherAddressesOrFreePorts_mayHaveOneNumber(String ours) throws Exception {
    assertThat(load(TIERS, "sambastack: sambastack.yaml\n" + ours, "[m]").warnings()).isEmpty();
  }
}
