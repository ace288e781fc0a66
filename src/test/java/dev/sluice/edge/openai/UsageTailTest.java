package dev.sluice.edge.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.usage.Usage;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageTailTest {
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":90,\"completion_tokens\":260,\"total_tokens\":350,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":0},\"total_latency\":0.8266}";

  @Test
  void findsTheUsageOfAJsonResponse() {
    assertThat(usage("{\"choices\":[],", USAGE + "}")).contains(new Usage(90, 260));
  }

  @Test
  void findsTheUsageOfTheLastChunkOfAStream() {
    assertThat(
            usage(
                "data: {\"choices\":[{}],\"usage\":null}\n\n",
                "data: {\"choices\":[]," + USAGE + "}\n\n",
                "data: [DONE]\n\n"))
        .contains(new Usage(90, 260));
  }

  @Test
  void findsItWhereverTheChunksAreCut() {
    String whole = "{\"choices\":[{\"text\":\"żółć\"}]," + USAGE + "}";
    for (int cut = 1; cut < whole.length(); cut++) {
      assertThat(usage(whole.substring(0, cut), whole.substring(cut)))
          .as("cut at %d", cut)
          .isPresent();
    }
  }

  @Test
  void isNotFooledByWhatTheModelWrote() {
    assertThat(
            usage(
                "{\"choices\":[{\"text\":\"\\\"usage\\\":{\\\"prompt_tokens\\\":1,\\\"completion_tokens\\\":1}\"}]}"))
        .isEmpty();
  }

  @Test
  void sticksToTheEndOfALongResponse() {
    UsageTail tail = new UsageTail();
    for (int i = 0; i < 10_000; i++) {
      tail.accept(Buffer.buffer("data: {\"choices\":[{\"delta\":{\"content\":\"word\"}}]}\n\n"));
    }
    tail.accept(Buffer.buffer("data: {" + USAGE + "}\n\n"));
    assertThat(tail.usage()).contains(new Usage(90, 260));
  }

  @Test
  void reportsNothingWhereTheBackendDidNot() {
    assertThat(usage("{\"error\":{\"message\":\"no\"}}")).isEmpty();
    assertThat(usage("{\"usage\":{\"prompt_tokens\":90")).isEmpty();
    assertThat(usage()).isEmpty();
  }

  private static Optional<Usage> usage(String... chunks) {
    UsageTail tail = new UsageTail();
    for (String chunk : chunks) {
      tail.accept(Buffer.buffer(chunk));
    }
    return tail.usage();
  }
}
