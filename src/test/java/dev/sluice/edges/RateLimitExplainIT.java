package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.testing.RateLimitReplica;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is posted to the debug door is explained, and Redis is as it was. */
class RateLimitExplainIT {
  private static final String RULES =
      """
      domain: shop
      descriptors:
      - key: client
        rate_limit: {unit: year, requests_per_unit: 3}
      - key: rolling
        rate_limit: {unit: year, requests_per_unit: 5, algorithm: rolling}
      - key: tenant
        value: acme
        descriptors:
        - key: path
          shadow_mode: true
          rate_limit: {unit: year, requests_per_unit: 2}
      """;

  @TempDir private static Path folder;
  private static RedisProcess redis;
  private static RateLimitReplica replica;
  private static final HttpClient http = HttpClient.newHttpClient();
  private static final ObjectMapper json = new ObjectMapper();

  @BeforeAll
  static void start() throws Exception {
    redis = RedisProcess.start(folder);
    Map<String, String> environment = RateLimits.environment(folder, redis.address());
    RateLimits.write(folder, "shop.yaml", RULES);
    replica = RateLimitReplica.here(environment);
  }

  @AfterAll
  static void stop() {
    replica.close();
    redis.close();
  }

  @Test
  void aDescriptor_isExplainedWithItsRuleItsCounterAndTheAnswer() throws Exception {
    String body = body("client=a");
    post("/json", body);
    post("/json", body);

    JsonNode explained = explain(body);

    JsonNode part = explained.path("descriptors").path(0);
    assertThat(part.path("rule").asText())
        .isEqualTo(
            "shop.client: unit=YEAR requests_per_unit=3, shadow_mode: false, quota_mode: false");
    assertThat(part.path("file").asText()).endsWith("ratelimit/config/shop.yaml");
    assertThat(part.path("line").asInt()).isEqualTo(3);
    assertThat(part.path("what").asText())
        .startsWith("it matches shop.client (")
        .endsWith("shop.yaml:3)");
    assertThat(part.path("would").asText()).isEqualTo("pass");
    JsonNode counter = part.path("counter");
    assertThat(counter.path("key").asText()).startsWith("shop_client_a_");
    assertThat(counter.path("value").asInt()).isEqualTo(2);
    assertThat(counter.path("limit").asInt()).isEqualTo(3);
    assertThat(counter.path("algorithm").asText()).isEqualTo("fixed");
    assertThat(counter.path("start").asText()).endsWith("T00:00:00Z");
    assertThat(explained.path("answer").path("status").asInt()).isEqualTo(200);
    assertThat(explained.path("answer").path("body").path("overallCode").asText()).isEqualTo("OK");
  }

  @Test
  void nothingOfRedisChanges_whateverIsExplained() throws Exception {
    for (String entry : new String[] {"client=same", "rolling=same", "rolling=full"}) {
      for (int i = 0; i < (entry.endsWith("full") ? 7 : 2); i++) {
        post("/json", body(entry));
      }
    }
    Map<String, String> before = dump();

    for (int i = 0; i < 5; i++) {
      explain(body("client=same", "rolling=same", "rolling=full", "client=new", "rolling=new"));
      explain(body("client=same").replace("{\"domain\"", "{\"hitsAddend\": 9, \"domain\""));
    }

    assertThat(dump()).isEqualTo(before);
  }

  /** By several hits, which rolling and fixed limits treat differently. */
  @Test
  void whatIsExplained_isWhatThenHappens() throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      String hits = "{\"hitsAddend\": " + random.nextInt(4) + ", \"domain\"";
      String kind = random.nextBoolean() ? "client" : "rolling";
      String body = body(kind + "=then" + random.nextInt(3)).replace("{\"domain\"", hits);

      JsonNode answer = explain(body).path("answer");
      HttpResponse<String> then = post("/json", body);

      assertThat(answer.path("status").asInt()).as("%s", body).isEqualTo(then.statusCode());
      JsonNode status = json.readTree(then.body()).path("statuses").path(0);
      assertThat(answer.path("body").path("statuses").path(0).path("limitRemaining"))
          .as("%s", body)
          .isEqualTo(status.path("limitRemaining"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "client=a,other=b | no_rule | no rule matches other=b at depth 1, below shop; known there are client, rolling, tenant_acme",
        "tenant=acme | no_limit | it matches shop.tenant_acme, which has no rate_limit: it passes and is not counted; below it are path"
      })
  void noLimit_saysWhy(String entries, String met, String what) throws Exception {
    JsonNode descriptors = explain(body(entries.split(","))).path("descriptors");

    JsonNode last = descriptors.path(descriptors.size() - 1);
    assertThat(last.path("met").asText()).isEqualTo(met);
    assertThat(last.path("what").asText()).isEqualTo(what);
    assertThat(last.path("would").asText()).isEqualTo("pass");
    assertThat(last.has("counter")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | malformed request: expected a JSON object",
        "{\"domain\": \"shop\", \"descriptor\": []} | malformed request: Cannot find field: descriptor",
        "{\"domain\": \"shop\"} | rate limit descriptor list must not be empty"
      })
  void whatIsNoRequest_isAnErrorWithAnExampleThatWorks(String body, String error) throws Exception {
    HttpResponse<String> response = send(replica.debug() + "/explain", body);

    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode said = json.readTree(response.body());
    assertThat(said.path("error").asText()).startsWith(error);
    String example = said.path("example").asText();
    assertThat(
            send(
                    replica.debug() + "/explain",
                    example.substring(example.indexOf('{'), example.lastIndexOf('}') + 1))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aBodyWithoutEnd_isRefused() throws Exception {
    assertThat(send(replica.debug() + "/explain", " ".repeat(20 << 20)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void theListOfPages_namesIt() throws Exception {
    HttpResponse<String> index =
        http.send(
            HttpRequest.newBuilder(URI.create(replica.debug() + "/")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(index.body()).contains("/explain (POST");
  }

  private static String body(String... entries) throws IOException {
    return JsonFormat.printer()
        .omittingInsignificantWhitespace()
        .print(RateLimitReplica.request("shop", entries));
  }

  private static JsonNode explain(String body) throws Exception {
    HttpResponse<String> response = send(replica.debug() + "/explain", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send(replica.http() + path, body);
  }

  private static HttpResponse<String> send(String url, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Every key and what it holds. */
  private static Map<String, String> dump() {
    return redis.ask(
        commands -> {
          Map<String, String> all = new TreeMap<>();
          for (String key : commands.keys("*")) {
            all.put(key, HexFormat.of().formatHex(commands.dump(key)));
          }
          return all;
        });
  }
}
