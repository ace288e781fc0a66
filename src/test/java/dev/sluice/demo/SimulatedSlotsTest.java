package dev.sluice.demo;

import static dev.sluice.demo.RunningBackend.body;
import static dev.sluice.demo.RunningBackend.readUntil;
import static dev.sluice.demo.RunningBackend.text;
import static dev.sluice.demo.RunningBackend.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.demo.SimulatedRequest.Outcome;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SimulatedSlotsTest {
  private static final String STREAM = "\"stream\":true";
  private static final String FOR_LONG = "x-simulate: ttft=5m\r\n";

  private final RunningBackend running =
      new RunningBackend(RunningBackend.OPTIONS.withSlots(2).withBounds(10_000, 3));

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void theThirdRequestWaitsForOneOfTwoSlots() throws IOException {
    try (Socket first = running.connect(body("a"), FOR_LONG);
        Socket second = running.connect(body("b", STREAM), FOR_LONG)) {
      await().until(() -> running.backend.busy() == 2);
      assertThat(second.isConnected()).isTrue();
      CompletableFuture<HttpResponse<String>> third = running.posted(body("c"));
      await().until(() -> running.backend.waiting() == 1);
      JsonNode health = RunningBackend.json(running.send("GET", "/health").body());
      assertThat(health.path("busy").asInt()).isEqualTo(2);
      assertThat(health.path("waiting").asInt()).isEqualTo(1);
      assertThat(third).isNotDone();

      first.shutdownOutput();

      assertThat(third.join().statusCode()).isEqualTo(200);
      assertThat(running.backend.waiting()).isZero();
    }
    await().until(() -> running.backend.busy() == 0);
  }

  @Test
  void thoseWhoWaitAreServedInTheOrderOfTheirArrival() throws IOException {
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    try (Socket first = running.connect(body("a"), FOR_LONG);
        Socket second = running.connect(body("b"), FOR_LONG)) {
      await().until(() -> running.backend.busy() == 2);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      for (int i = 1; i <= 3; i++) {
        waiting.add(running.posted(body("c"), "x-request-id", "w" + i));
        int count = i;
        await().until(() -> running.backend.waiting() == count);
      }
    }
    waiting.forEach(CompletableFuture::join);

    List<String> served = new ArrayList<>();
    for (JsonNode record : running.records()) {
      if (record.path("outcome").asText().equals("completed")) {
        served.add(record.path("requestId").asText() + "@" + record.path("order"));
      }
    }
    assertThat(served).containsExactly("w1@3", "w2@4", "w3@5");
  }

  @Test
  void moreThanMayWaitAreRefused() throws IOException {
    try (Socket first = running.connect(body("a"), FOR_LONG);
        Socket second = running.connect(body("b"), FOR_LONG)) {
      await().until(() -> running.backend.busy() == 2);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        waiting.add(running.posted(body("c")));
      }
      await().until(() -> running.backend.waiting() == 3);

      HttpResponse<String> refused = running.post(body("d"));

      assertThat(waiting).noneMatch(CompletableFuture::isDone);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("queue_full");
      assertThat(running.backend.records())
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.outcome()).isEqualTo(Outcome.FAULT);
                assertThat(record.order()).isEmpty();
              });
    }
  }

  @Test
  void aDisconnectInMidStreamFreesTheSlotAndIsRecordedWithWhatWasEmitted() throws IOException {
    try (RunningBackend paced =
        new RunningBackend(RunningBackend.OPTIONS.withSlots(1).withPace(Duration.ZERO, 50))) {
      String read;
      try (Socket socket = paced.connect(body("a", STREAM), "x-simulate: tokens=60000\r\n")) {
        read = readUntil(socket, "\"content\":\" ");
        assertThat(paced.backend.busy()).isEqualTo(1);
      }
      await().until(() -> paced.backend.busy() == 0);

      SimulatedRequest record = paced.backend.records().get(0);
      assertThat(record.outcome()).isEqualTo(Outcome.DISCONNECTED);
      assertThat(record.completionTokens()).isBetween(words(text(read, 0)), 10_000);
    }
  }

  @Test
  void aDisconnectBeforeAnAnswerInOnePieceFreesTheSlot() throws IOException {
    try (Socket socket = running.connect(body("a"), FOR_LONG)) {
      assertThat(socket.isConnected()).isTrue();
      await().until(() -> running.backend.busy() == 1);
    }
    await().until(() -> running.backend.busy() == 0);

    SimulatedRequest record = running.backend.records().get(0);
    assertThat(record.outcome()).isEqualTo(Outcome.DISCONNECTED);
    assertThat(record.completionTokens()).isZero();
    assertThat(record.startedAt()).isPresent();
  }

  @Test
  void aDisconnectInTheLineLeavesTheLine() throws IOException {
    try (Socket first = running.connect(body("a"), FOR_LONG);
        Socket second = running.connect(body("b"), FOR_LONG)) {
      await().until(() -> running.backend.busy() == 2);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      try (Socket third = running.connect(body("c"), "")) {
        assertThat(third.isConnected()).isTrue();
        await().until(() -> running.backend.waiting() == 1);
      }
      await().until(() -> running.backend.waiting() == 0);
      await().until(() -> running.backend.records().size() == 1);

      assertThat(running.backend.busy()).isEqualTo(2);
      SimulatedRequest record = running.backend.records().get(0);
      assertThat(record.outcome()).isEqualTo(Outcome.DISCONNECTED);
      assertThat(record.startedAt()).isEmpty();
      assertThat(record.order()).isEmpty();
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheGenerationBack() throws IOException {
    String aLot = "x-simulate: tokens=60000\r\n";
    try (Socket slow = running.connect(body("a", STREAM), aLot)) {
      await().until(() -> running.backend.busy() == 1);
      // Others are served while it is held back; its 15 MB do not fit into the socket's buffers.
      assertThat(running.post(body("b")).statusCode()).isEqualTo(200);
      assertThat(running.backend.busy()).isEqualTo(1);

      String read = readUntil(slow, "data: [DONE]");

      assertThat(words(text(read, 0))).isEqualTo(60_000);
      await().until(() -> running.backend.busy() == 0);
    }
    assertThat(running.backend.records())
        .last()
        .satisfies(
            record -> {
              assertThat(record.outcome()).isEqualTo(Outcome.COMPLETED);
              assertThat(record.completionTokens()).isEqualTo(60_000);
            });
  }

  @Test
  void aClientThatDoesNotReadAndLeavesIsRecordedWithLess() throws IOException {
    try (Socket slow = running.connect(body("a", STREAM), "x-simulate: tokens=60000\r\n")) {
      assertThat(readUntil(slow, "data: ")).contains(" 200 ");
    }
    await().until(() -> running.backend.records().size() == 1);

    SimulatedRequest record = running.backend.records().get(0);
    assertThat(record.outcome()).isEqualTo(Outcome.DISCONNECTED);
    assertThat(record.completionTokens()).isLessThan(60_000);
    await().until(() -> running.backend.busy() == 0);
  }

  @Test
  void stoppingDisconnectsWhatRuns() throws IOException {
    try (Socket socket = running.connect(body("a", STREAM), FOR_LONG)) {
      await().until(() -> running.backend.busy() == 1);

      running.backend.stop().toCompletableFuture().join();

      readUntil(socket, "never");
      await().until(() -> running.backend.records().size() == 1);
      assertThat(running.backend.records().get(0).outcome()).isEqualTo(Outcome.DISCONNECTED);
    }
  }
}
