package dev.sluice.edge.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.edge.Answer;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.LocalShare;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.ratelimit.RateLimitOptions;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.ratelimit.RuleTree;
import dev.sluice.ratelimit.Untold;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateLimitJsonTest {
  private static final Optional<RuleTree> RULES = Optional.of(rules());

  private final Counting counters = new Counting();

  private final RateLimitJson json =
      new RateLimitJson(
          new DescriptorLimits(
              () -> RULES,
              counters,
              Optional.empty(),
              new LocalShare(() -> 1, System::nanoTime),
              RateLimitOptions.DEFAULTS,
              () -> Instant.ofEpochSecond(1_234),
              new Untold()),
          RateLimitAnswers.PLAIN);

  @Test
  void answer_withinAndOverALimit_is200And429() {
    String body =
        """
        {"domain": "d", "descriptors": [{"entries": [{"key": "k", "value": "v"}]}], "hitsAddend": 2}
        """;

    assertThat(answer(body))
        .isEqualTo(
            new Answer(
                200,
                Map.of("content-type", "application/json"),
                "{\"overallCode\":\"OK\",\"statuses\":[{\"code\":\"OK\",\"currentLimit\":"
                    + "{\"requestsPerUnit\":3,\"unit\":\"MINUTE\",\"name\":\"three\"},"
                    + "\"limitRemaining\":1,\"durationUntilReset\":\"26s\"}]}"));
    assertThat(answer(body))
        .isEqualTo(
            new Answer(
                429,
                Map.of("content-type", "application/json"),
                "{\"overallCode\":\"OVER_LIMIT\",\"statuses\":[{\"code\":\"OVER_LIMIT\","
                    + "\"currentLimit\":{\"requestsPerUnit\":3,\"unit\":\"MINUTE\",\"name\":"
                    + "\"three\"},\"durationUntilReset\":\"26s\"}]}"));
  }

  @Test
  void answer_namesOfTheProtocolAndAUnitByNumber_areUnderstood() {
    assertThat(
            answer(
                    """
                    {"domain": "d", "hits_addend": 1, "descriptors": [{
                      "entries": [{"key": "any", "value": "v"}],
                      "limit": {"requests_per_unit": 4294967295, "unit": 7},
                      "hits_addend": "0"}]}
                    """)
                .body())
        .contains("\"requestsPerUnit\":4294967295,\"unit\":\"WEEK\"")
        .contains("\"limitRemaining\":4294967295");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`` | malformed request: expected a JSON object",
        "[] | malformed request: expected a JSON object",
        "{} | rate limit domain must not be empty",
        "{\"domain\": \"d\"} | rate limit descriptor list must not be empty",
        "{\"domain\": \"d\"} {} | malformed request: something follows the JSON object",
        "{\"domain\": 'd'} | malformed request: Unexpected character",
        "{\"domain\": \"d\", \"domain\": \"e\"} | malformed request: Duplicate",
        "{\"domain\": \"d\", \"unknown\": 1} | malformed request: Cannot find field: unknown",
        "{\"domain\": \"d\", \"hitsAddend\": -1} | malformed request: ",
        "{\"domain\": \"d\", \"hitsAddend\": 2147483648, \"descriptors\": [{}]}"
            + " | hits_addend must be less than 2147483648",
        "{\"domain\": \"d\", \"descriptors\": [{\"limit\": {\"unit\": \"WEEK\"}}]}"
            + " | malformed request: Invalid enum value: WEEK",
        "{\"domain\": \"d\", \"descriptors\": [{\"limit\": {}}]}"
            + " | a descriptor's limit has the unit number 0"
      })
  void answer_thatCannotBeJudged_is400AndSaysWhy(String body, String message) {
    Answer answer = answer(body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).startsWith(message).doesNotContain("\n").hasSizeLessThan(350);
    assertThat(answer.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
  }

  @Test
  void answer_nestedDeeply_is400() {
    for (String open : List.of("[", "{\"a\":", "{\"domain\":[", "/*\"*/[", "'\"'[")) {
      assertThat(answer(open.repeat(100_000)).status()).isEqualTo(400);
      assertThat(answer("{\"domain\":" + open.repeat(100_000)).status()).isEqualTo(400);
    }
  }

  @Test
  void answer_randomBytes_is400() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] body = new byte[random.nextInt(200)];
      random.nextBytes(body);
      assertThat(json.answer(body).toCompletableFuture().join().status()).isEqualTo(400);
    }
  }

  @Test
  void answer_aRequestWithSomeBytesChanged_alwaysAnswers() {
    Random random = new Random(7);
    String body =
        "{\"domain\":\"d\",\"descriptors\":[{\"entries\":[{\"key\":\"k\",\"value\":\"v\"}]}]}";
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(json.answer(bytes).toCompletableFuture().join().status()).isIn(200, 400, 429);
    }
  }

  @Test
  void answer_countersFail_is400AndSaysWhy() {
    counters.failure = Optional.of(new IllegalStateException("Redis, count:\nno answer"));

    assertThat(answer("{\"domain\":\"d\",\"descriptors\":[{\"entries\":[{\"key\":\"k\"}]}]}"))
        .isEqualTo(
            new Answer(
                400,
                Map.of("content-type", "text/plain; charset=utf-8"),
                "Redis, count: no answer"));
  }

  private Answer answer(String body) {
    return json.answer(body.getBytes(StandardCharsets.UTF_8)).toCompletableFuture().join();
  }

  private static RuleTree rules() {
    try {
      Path directory = Files.createTempDirectory(Path.of("target"), "rules");
      Files.writeString(
          directory.resolve("d.yaml"),
          """
          domain: d
          descriptors:
          - key: k
            rate_limit: {unit: minute, requests_per_unit: 3, name: three}
          """);
      return RuleLoader.load(new RuleFiles(directory, false, false)).tree();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static final class Counting implements RateLimitCounters {
    private final Map<String, Long> values = new HashMap<>();
    private Optional<RuntimeException> failure = Optional.empty();

    @Override
    public CompletionStage<Counts> count(List<Hits> hits) {
      if (failure.isPresent()) {
        return CompletableFuture.failedFuture(failure.get());
      }
      Counts counts = new Counts(hits.size());
      for (int i = 0; i < hits.size(); i++) {
        counts.set(i, values.merge(hits.get(i).key(), hits.get(i).hits(), Long::sum), 0);
      }
      return CompletableFuture.completedFuture(counts);
    }
  }
}
