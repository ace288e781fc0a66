package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CheckConfigTest {
  private final Path folder;

  CheckConfigTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(
        folder.resolve("sluice.yaml"),
        """
        sambastack: sambastack.yaml
        deployments:
        - {name: d, url: 'http://h', slots: 1, models: [a-model, other, third], qosList: [gold, free]}
        """);
  }

  private record Ran(int code, String out) {}

  private Ran run(String sambastack, String... options) throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), sambastack);
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out));
    String[] words = new String[options.length + 2];
    words[0] = "check-config";
    words[1] = folder.resolve("sluice.yaml").toString();
    System.arraycopy(options, 0, words, 2, options.length);
    int code = line.execute(words);
    return new Ran(code, out.toString().replace(folder + "/", ""));
  }

  private static final String GOOD =
      """
      serviceTiers:
        free:
        - models: [a-model, other]
          queueDepth: 5
          rates:
          - {allowedRequests: 20, periodSeconds: 60}
          - {allowedTokens: 9000, periodSeconds: 86400}
        web: []
        gold:
          inherits: free
          overrides: {qos: gold, scope: tier, maxBatchSize: 4, maxOutputTokens: 512}
        restricted: [{models: [third]}]
      """;

  @Test
  void text_showsWhatHoldsAndWhereItComesFrom() throws IOException {
    Ran ran = run(GOOD, "--width", "100");

    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                TIER  MODEL    QOS   QUEUE  RATES AND BOUNDS                 INHERITED
                free  a-model  free  5      20 requests a minute
                      other                 9000 tokens a day: not enforced
                web   (none)
                gold  a-model  gold  5      20 requests a minute             models, queueDepth, rates from free
                      other                 counted over the tier
                                            9000 tokens a day: not enforced
                                            at most 4 at once
                                            at most 512 output tokens
                restricted: third

                warning: sambastack.yaml:7: serviceTiers.free[0].rates[1].allowedTokens: is not enforced yet: tokens are counted in metrics only
                warning: sambastack.yaml:8: serviceTiers.web: lists no model: its users can call nothing
                ok: 4 tiers, 1 deployment, 0 descriptor rules
                """));
  }

  @Test
  void text_inLittleRoom_isWrappedInTheLastColumnAndCutsNothing() throws IOException {
    assertThat(run(GOOD, "--width", "20").out())
        .contains(
            """
            gold  a-model  gold  5      20 requests a minute             models,
                  other                 counted over the tier            queueDepth,
                                        9000 tokens a day: not enforced  rates from free
            """);
  }

  @Test
  void json_hasARowForEachTierAndModel() throws IOException {
    Ran ran = run(GOOD, "--format", "json");

    JsonNode root = new ObjectMapper().readTree(ran.out());
    JsonNode row = root.at("/tiers/2/models/1");
    assertThat(root.at("/valid").asBoolean()).isTrue();
    assertThat(root.at("/problems")).hasSize(2);
    assertThat(root.at("/tiers/2/tier").asText()).isEqualTo("gold");
    assertThat(row.toString())
        .isEqualTo(
            "{\"model\":\"other\",\"qos\":\"gold\",\"queueDepth\":5,\"rates\":[{\"allowedRequests\":20,"
                + "\"periodSeconds\":60,\"shadow\":false},{\"allowedTokens\":9000,\"periodSeconds\":86400,"
                + "\"shadow\":false,\"enforced\":false}],\"maxBatchSize\":4,\"maxOutputTokens\":512,"
                + "\"boundsInShadow\":false,\"scope\":\"tier\",\"inherited\":{\"models\":\"free\",\"queueDepth\":\"free\","
                + "\"rates\":\"free\"},\"defaults\":[\"shadow\"]}");
    assertThat(root.at("/tiers/0/models/0/defaults").toString())
        .isEqualTo("[\"qos\",\"maxBatchSize\",\"maxOutputTokens\",\"scope\",\"shadow\"]");
    assertThat(root.at("/tiers/0/models/0/maxBatchSize").isNull()).isTrue();
    assertThat(root.at("/states/restricted/0").asText()).isEqualTo("third");
  }

  @Test
  void builtInTier_isMarked() throws IOException {
    assertThat(run("serviceTiers: {free: [{models: [a-model, other]}]}").out())
        .contains(
            """
            web         third    web   25     60 requests a minute
            (built in)                        12000 requests a day
            """);
  }

  @Test
  void whatIsInShadow_isMarked() throws IOException {
    String tiers =
        """
        serviceTiers:
          free:
          - models: [a-model]
            rates:
            - {allowedRequests: 9, periodSeconds: 60}
            - {allowedRequests: 5, periodSeconds: 60, shadow: true}
          gold: [{models: [other], shadow: true, maxBatchSize: 2, rates: {allowedRequests: 7, periodSeconds: 60}}]
        """;

    assertThat(run(tiers).out())
        .contains(
            "5 requests a minute: in shadow",
            "7 requests a minute: in shadow",
            "at most 2 at once: in shadow")
        .doesNotContain("9 requests a minute: in shadow");
  }

  @Test
  void errors_endWithOneInBothFormats() throws IOException {
    String bad = "serviceTiers: {gold: {inherits: gld}}";

    assertThat(run(bad))
        .isEqualTo(
            new Ran(
                1,
                "error: sambastack.yaml:1: serviceTiers.gold.inherits: there is no tier gld; did you"
                    + " mean \"gold\"?\n"));
    Ran json = run(bad, "--format", "json");
    JsonNode problem = new ObjectMapper().readTree(json.out()).at("/problems/0");
    assertThat(json.code()).isEqualTo(1);
    assertThat(problem.at("/line").asInt()).isEqualTo(1);
    assertThat(problem.at("/severity").asText()).isEqualTo("error");
    assertThat(problem.at("/field").asText()).isEqualTo("serviceTiers.gold.inherits");
  }
}
