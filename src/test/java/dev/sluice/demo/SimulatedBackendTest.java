package dev.sluice.demo;

import static dev.sluice.demo.RunningBackend.body;
import static dev.sluice.demo.RunningBackend.chunks;
import static dev.sluice.demo.RunningBackend.events;
import static dev.sluice.demo.RunningBackend.json;
import static dev.sluice.demo.RunningBackend.text;
import static dev.sluice.demo.RunningBackend.words;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimulatedBackendTest {
  private static final String STREAM = "\"stream\":true";
  private static final String WITH_USAGE = "\"stream_options\":{\"include_usage\":true}";

  private final RunningBackend running =
      new RunningBackend(RunningBackend.OPTIONS.withBounds(10_000, 10));

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void aCompletionHasTheFieldsOfTheVendor() {
    HttpResponse<String> response = running.post(body("hello big world"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode answer = json(response.body());
    assertThat(answer.path("id").asText()).startsWith("chatcmpl-");
    assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
    assertThat(response.body()).containsPattern("\"created\":\\d{10}\\.\\d+,");
    assertThat(answer.path("model").asText()).isEqualTo("m1");
    assertThat(answer.path("system_fingerprint").asText()).isEqualTo("sim");
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.at("/message/role").asText()).isEqualTo("assistant");
    assertThat(words(choice.at("/message/content").asText())).isEqualTo(16);
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    assertUsage(answer.path("usage"), 3, 16);
  }

  @Test
  void theSamePromptGivesTheSameTextWhateverTheShapeOfItsContent() {
    String parts =
        "{\"model\":\"m2\",\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"hello\"},{\"type\":\"image_url\"}]}]}";

    String text = content(running.post(body("hello")).body(), 0);

    assertThat(content(running.post(body("hello")).body(), 0)).isEqualTo(text);
    assertThat(content(running.post(parts).body(), 0)).isEqualTo(text);
    assertThat(text(running.post(body("hello", STREAM)).body(), 0)).isEqualTo(text);
    assertThat(content(running.post(body("goodbye")).body(), 0)).isNotEqualTo(text);
  }

  @Test
  void aStreamIsOneChunkPerTokenAndEndsWithDone() {
    HttpResponse<String> response = running.post(body("hello", STREAM));

    assertThat(response.headers().firstValue("content-type"))
        .contains("text/event-stream; charset=utf-8");
    List<JsonNode> chunks = chunks(response.body());
    assertThat(chunks).hasSize(17).allSatisfy(chunk -> assertThat(chunk.has("usage")).isFalse());
    assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
    assertThat(chunks.get(0).path("object").asText()).isEqualTo("chat.completion.chunk");
    assertThat(chunks.get(16).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(words(text(response.body(), 0))).isEqualTo(16);
    assertThat(events(response.body())).last().isEqualTo("[DONE]");
  }

  @Test
  void aStreamWithUsageHasNullsAndOneMoreChunkWithoutChoices() {
    String stream = running.post(body("hello big world", STREAM, WITH_USAGE)).body();

    List<JsonNode> chunks = chunks(stream);
    assertThat(chunks).hasSize(18);
    assertThat(chunks.subList(0, 17))
        .allSatisfy(
            chunk -> {
              assertThat(chunk.has("usage")).isTrue();
              assertThat(chunk.path("usage").isNull()).isTrue();
            });
    JsonNode last = chunks.get(17);
    assertThat(last.path("choices")).isEmpty();
    assertThat(last.path("choices").isArray()).isTrue();
    assertUsage(last.path("usage"), 3, 16);
    assertThat(events(stream)).last().isEqualTo("[DONE]");
  }

  @Test
  void choicesDifferAndAreCountedTogether() {
    JsonNode answer = json(running.post(body("hello", "\"n\":3")).body());
    String stream = running.post(body("hello", "\"n\":3", STREAM)).body();

    assertThat(answer.path("choices")).hasSize(3);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(48);
    for (int choice = 0; choice < 3; choice++) {
      String text = answer.path("choices").path(choice).at("/message/content").asText();
      assertThat(words(text)).isEqualTo(16);
      assertThat(text(stream, choice)).isEqualTo(text);
    }
    assertThat(text(stream, 0)).isNotEqualTo(text(stream, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"max_tokens\":5', 5, length",
    "'\"max_completion_tokens\":5', 5, length",
    "'\"max_tokens\":7,\"max_completion_tokens\":5', 5, length",
    "'\"max_tokens\":16', 16, stop",
    "'\"max_tokens\":100', 16, stop",
  })
  void theRequestBoundsTheOutput(String field, int tokens, String reason) {
    JsonNode answer = json(running.post(body("hello", field)).body());
    List<JsonNode> chunks = chunks(running.post(body("hello", field, STREAM)).body());

    assertThat(words(answer.at("/choices/0/message/content").asText())).isEqualTo(tokens);
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(tokens);
    assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo(reason);
    assertThat(chunks).hasSize(tokens + 1);
    assertThat(chunks.get(tokens).at("/choices/0/finish_reason").asText()).isEqualTo(reason);
  }

  @Test
  void aPacedStreamTakesItsTime() {
    try (RunningBackend paced =
        new RunningBackend(RunningBackend.OPTIONS.withPace(Duration.ofMillis(60), 200))) {
      long start = System.nanoTime();
      String stream = paced.post(body("hello", STREAM, WITH_USAGE)).body();
      long millis = (System.nanoTime() - start) / 1_000_000;

      // 60 ms and 15 tokens of 5 ms.
      assertThat(millis).isGreaterThanOrEqualTo(135);
      assertThat(words(text(stream, 0))).isEqualTo(16);
      JsonNode usage = chunks(stream).get(chunks(stream).size() - 1).path("usage");
      assertThat(usage.path("time_to_first_token").asDouble()).isEqualTo(0.06);
      assertThat(usage.path("total_latency").asDouble()).isBetween(0.135, (millis + 1) / 1e3);
    }
  }

  @Test
  void aPacedAnswerInOnePieceTakesItsTime() {
    try (RunningBackend paced =
        new RunningBackend(RunningBackend.OPTIONS.withPace(Duration.ofMillis(60), 200))) {
      JsonNode usage = json(paced.post(body("hello")).body()).path("usage");

      assertThat(usage.path("total_latency").asDouble()).isGreaterThanOrEqualTo(0.135);
    }
  }

  @Test
  void tokensThatFallDueTogetherShareAChunk() {
    try (RunningBackend fast =
        new RunningBackend(RunningBackend.OPTIONS.withPace(Duration.ZERO, 50_000))) {
      String stream = fast.post(body("hello", STREAM), "x-simulate", "tokens=1000").body();

      assertThat(words(text(stream, 0))).isEqualTo(1000);
      assertThat(chunks(stream)).hasSizeLessThan(500);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "{\"model\":                                          | 400 | null          | null",
        "[]                                                   | 400 | null          | null",
        "{} {}                                                | 400 | null          | null",
        "{\"messages\":[{\"role\":\"user\"}]}                 | 400 | model         | invalid_type",
        "{\"model\":\"m1\"}                                   | 400 | messages      | invalid_type",
        "{\"model\":\"m1\",\"messages\":[]}                   | 400 | messages      | invalid_type",
        "{\"model\":\"m1\",\"messages\":[{}]}                 | 400 | messages      | invalid_type",
        "{\"model\":\"m1\",\"messages\":[{\"role\":\"user\",\"content\":1}]}"
            + " | 400 | messages | invalid_type",
        "{\"model\":\"m1\",\"n\":0,\"messages\":[{\"role\":\"user\"}]} | 400 | n | invalid_type",
        "{\"model\":\"m1\",\"max_tokens\":\"5\",\"messages\":[{\"role\":\"user\"}]}"
            + " | 400 | max_tokens | invalid_type",
        "{\"model\":\"m1\",\"stream\":1,\"messages\":[{\"role\":\"user\"}]}"
            + " | 400 | stream | invalid_type",
        "{\"model\":\"zz\",\"messages\":[{\"role\":\"user\"}]} | 404 | model | model_not_found",
      })
  void aBadRequestGetsTheVendorsEnvelope(String body, int status, String param, String code) {
    HttpResponse<String> response = running.post(body, "x-request-id", "r-1");

    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode answer = json(response.body());
    assertThat(answer.at("/error/message").asText()).isNotBlank();
    assertThat(answer.at("/error/type").asText()).isEqualTo("invalid_request_error");
    assertThat(answer.at("/error/param").textValue()).isEqualTo(param);
    assertThat(answer.at("/error/code").textValue()).isEqualTo(code);
    assertThat(answer.path("request_id").asText()).isEqualTo("r-1");
    assertThat(running.backend.records()).isEmpty();
  }

  @Test
  void aBodyOverTheBoundIsRefusedAndTheConnectionGoesOn() throws IOException {
    String tooLong = body("x".repeat(20_000));

    assertThat(running.post(tooLong).statusCode()).isEqualTo(413);
    try (Socket socket = running.connect(tooLong, "")) {
      assertThat(RunningBackend.readUntil(socket, "request_id")).contains(" 413 ");
      socket.getOutputStream().write("GET /health HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(UTF_8));
      assertThat(RunningBackend.readUntil(socket, "waiting")).contains(" 200 ");
    }
  }

  @Test
  void aClientOfHttp10GetsAStreamThatEndsWithTheConnection() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.port)) {
      String body = body("hello", STREAM);
      String head =
          "POST /v1/chat/completions HTTP/1.0\r\ncontent-length: " + body.length() + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(UTF_8));

      String read = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(read).contains("data: [DONE]").doesNotContainIgnoringCase("transfer-encoding");
      assertThat(words(text(read, 0))).isEqualTo(16);
    }
  }

  @Test
  void modelsAreListedAsTheVendorDoes() {
    JsonNode models = json(running.send("GET", "/v1/models").body());

    assertThat(models.path("object").asText()).isEqualTo("list");
    assertThat(models.path("data")).hasSize(2);
    JsonNode model = models.path("data").path(0);
    assertThat(model.path("id").asText()).isEqualTo("m1");
    assertThat(model.path("object").asText()).isEqualTo("model");
    assertThat(model.fieldNames())
        .toIterable()
        .contains("owned_by", "context_length", "max_completion_tokens", "pricing", "sn_metadata");
  }

  @Test
  void healthShowsTheSlots() {
    JsonNode health = json(running.send("GET", "/health").body());

    assertThat(health)
        .isEqualTo(
            json("{\"status\":\"ok\",\"name\":\"sim\",\"slots\":16,\"busy\":0,\"waiting\":0}"));
  }

  @Test
  void anUnknownPathIsNotFound() {
    HttpResponse<String> response = running.send("GET", "/v1/chat/completions");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response.body()).at("/error/code").asText()).isEqualTo("unknown_url");
  }

  @Test
  void theRecordIsWhatWasEmittedAndNamesTheHeadersWithoutTheirValues() {
    running.post(body("hello"));
    running.post(
        body("hello big world", STREAM, "\"max_tokens\":5"),
        "X-Request-Id",
        "r-2",
        "traceparent",
        "00-1-2-01",
        "X-Secret",
        "hidden");

    JsonNode records = running.records();

    assertThat(records).hasSize(2);
    assertThat(records.path(0).path("requestId").isNull()).isTrue();
    assertThat(records.path(0).path("completionTokens").asInt()).isEqualTo(16);
    JsonNode record = records.path(1);
    assertThat(record.path("requestId").asText()).isEqualTo("r-2");
    assertThat(record.path("traceparent").asText()).isEqualTo("00-1-2-01");
    assertThat(record.path("model").asText()).isEqualTo("m1");
    assertThat(record.path("stream").asBoolean()).isTrue();
    assertThat(record.path("promptTokens").asInt()).isEqualTo(3);
    assertThat(record.path("completionTokens").asInt()).isEqualTo(5);
    assertThat(record.path("outcome").asText()).isEqualTo("completed");
    assertThat(record.path("order").asInt()).isEqualTo(2);
    assertThat(record.path("startedAt").asText()).isNotBlank();
    assertThat(record.path("endedAt").asText()).isNotBlank();
    assertThat(record.path("headerNames"))
        .extracting(JsonNode::asText)
        .contains("x-secret", "x-request-id", "host");
    assertThat(records.toString()).doesNotContain("hidden");
  }

  @Test
  void recordsCanBeCleared() {
    running.post(body("hello"));

    assertThat(running.send("DELETE", "/simulate/requests").statusCode()).isEqualTo(204);

    assertThat(running.records()).isEmpty();
    running.post(body("hello"));
    assertThat(running.records().path(0).path("order").asInt()).isEqualTo(2);
  }

  private static String content(String body, int choice) {
    return json(body).path("choices").path(choice).at("/message/content").asText();
  }

  private static void assertUsage(JsonNode usage, int prompt, int completion) {
    assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(prompt);
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(completion);
    assertThat(usage.path("total_tokens").asInt()).isEqualTo(prompt + completion);
    assertThat(usage.at("/prompt_tokens_details/cached_tokens").isInt()).isTrue();
    assertThat(usage.at("/completion_tokens_details/reasoning_tokens").isInt()).isTrue();
    assertThat(usage.path("is_last_response").asBoolean()).isTrue();
    assertThat(usage.path("stop_reason").asText()).isEqualTo("stop");
    assertThat(usage.path("total_latency").asDouble()).isPositive();
    assertThat(usage.path("end_time").asDouble())
        .isGreaterThanOrEqualTo(usage.path("start_time").asDouble());
    assertThat(usage.fieldNames())
        .toIterable()
        .contains(
            "time_to_first_token",
            "completion_tokens_per_sec",
            "completion_tokens_after_first_per_sec",
            "total_tokens_per_sec");
  }
}
