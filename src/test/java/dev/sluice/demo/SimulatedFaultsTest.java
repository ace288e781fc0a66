package dev.sluice.demo;

import static dev.sluice.demo.RunningBackend.body;
import static dev.sluice.demo.RunningBackend.json;
import static dev.sluice.demo.RunningBackend.readUntil;
import static dev.sluice.demo.RunningBackend.text;
import static dev.sluice.demo.RunningBackend.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedFaultsTest {
  private static final String STREAM = "\"stream\":true";

  private final RunningBackend running = new RunningBackend(RunningBackend.OPTIONS);

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void delayHoldsTheHeadBack() {
    long start = System.nanoTime();

    HttpResponse<String> response = running.post(body("a"), "x-simulate", "delay=80ms");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(80_000_000);
  }

  @Test
  void aDisconnectDuringTheDelayIsRecorded() throws IOException {
    try (Socket socket = running.connect(body("a"), "x-simulate: delay=5m\r\n")) {
      assertThat(socket.isConnected()).isTrue();
      assertThat(running.send("GET", "/health").statusCode()).isEqualTo(200);
    }
    await().until(() -> running.records().size() == 1);

    assertThat(running.records().path(0).path("outcome").asText()).isEqualTo("disconnected");
    assertThat(running.records().path(0).path("startedAt").isNull()).isTrue();
  }

  @Test
  void ttftHoldsTheFirstTokenBackButNotTheHead() throws IOException {
    try (Socket socket = running.connect(body("a", STREAM), "x-simulate: ttft=5m\r\n")) {
      assertThat(readUntil(socket, "\r\n\r\n")).contains(" 200 ").doesNotContain("data:");
    }
  }

  @Test
  void tokensIsTheLengthOfTheOutputWithinTheBoundOfTheRequest() {
    JsonNode answer = json(running.post(body("a"), "x-simulate", "tokens=200").body());
    JsonNode bounded =
        json(running.post(body("a", "\"max_tokens\":20"), "x-simulate", "tokens=200").body());

    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(200);
    assertThat(bounded.at("/usage/completion_tokens").asInt()).isEqualTo(20);
    assertThat(bounded.at("/choices/0/finish_reason").asText()).isEqualTo("length");
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error",
    "429, requests",
    "500, server_error",
    "503, service_unavailable_error",
  })
  void statusIsAnErrorInTheShapeOfTheApi(int status, String type) {
    HttpResponse<String> response =
        running.post(body("a", STREAM), "x-simulate", "delay=1ms, status=" + status);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response.body()).at("/error/type").asText()).isEqualTo(type);
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(status == 503 || status == 429);
    assertFault(0);
  }

  @Test
  void dropClosesTheConnectionWithoutAnAnswer() throws IOException {
    try (Socket socket = running.connect(body("a"), "x-simulate: drop\r\n")) {
      assertThat(readUntil(socket, "never")).isEmpty();
    }
    assertFault(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 16})
  void cutClosesAStreamAfterSoManyTokens(int cut) throws IOException {
    try (Socket socket = running.connect(body("a", STREAM), "x-simulate: cut=" + cut + "\r\n")) {
      String read = readUntil(socket, "never");

      assertThat(read).contains(" 200 ").doesNotContain("[DONE]", "\"stop\"");
      assertThat(words(text(read, 0))).isEqualTo(cut);
    }
    assertFault(cut);
  }

  @Test
  void cutClosesABodyAfterSoManyTokens() throws IOException {
    String whole = json(running.post(body("a")).body()).at("/choices/0/message/content").asText();
    running.backend.clearRecords();
    try (Socket socket = running.connect(body("a"), "x-simulate: cut=5\r\n")) {
      String read = readUntil(socket, "never");
      String content = read.substring(read.indexOf("\"content\":\"") + 11);

      assertThat(words(content)).isEqualTo(5);
      assertThat(whole).startsWith(content + " ");
    }
    assertFault(5);
    assertThatThrownBy(() -> running.post(body("a"), "x-simulate", "cut=5"))
        .hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void aCutBehindTheEndIsNoCut() {
    assertThat(running.post(body("a", STREAM), "x-simulate", "cut=17").body()).contains("[DONE]");
    assertThat(running.post(body("a"), "x-simulate", "cut=17").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delay=5         | expected a duration such as 50ms, 2s or 1m",
        "ttft=1h         | expected a duration such as 50ms, 2s or 1m",
        "delay=11m       | at most 10m",
        "tokens=0        | expected tokens=1 to 1000000, but got 'tokens=0'",
        "status=200      | expected status=400 to 599, but got 'status=200'",
        "cut             | expected cut=0 to 1000000, but got 'cut'",
        "drop=yes        | drop takes no value",
        "explode         | expected a list of delay=500ms",
        "cut=5,          | expected a list of delay=500ms",
      })
  void aBadValueIsRefusedWithWhatIsExpected(String value, String expected) {
    HttpResponse<String> response = running.post(body("a"), "x-simulate", value);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()).at("/error/message").asText())
        .startsWith("x-simulate: ")
        .contains(expected);
    assertThat(json(response.body()).at("/error/param").asText()).isEqualTo("x-simulate");
  }

  private void assertFault(int tokens) {
    JsonNode records = running.records();
    assertThat(records).hasSize(1);
    assertThat(records.path(0).path("outcome").asText()).isEqualTo("fault");
    assertThat(records.path(0).path("completionTokens").asInt()).isEqualTo(tokens);
    assertThat(records.path(0).path("order").asInt()).isPositive();
    assertThat(running.backend.busy()).isZero();
  }
}
