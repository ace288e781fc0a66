package dev.sluice.bench;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One kind of request, and what its answer must be.
 *
 * @param tokens that the backend generates: of a stream, each is a chunk
 */
record Workload(String name, boolean stream, int tokens, Buffer body) {
  private static final int BODY_BYTES = 2048;

  static Workload whole(int tokens) {
    return new Workload("whole", false, tokens, body(tokens, ""));
  }

  static Workload stream(int tokens) {
    String fields = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    return new Workload("stream of " + tokens, true, tokens, body(tokens, fields));
  }

  private static Buffer body(int tokens, String fields) {
    String head =
        "{\"model\":\"%s\",\"max_tokens\":%d%s,\"messages\":[{\"role\":\"user\",\"content\":\""
            .formatted(GatewayStack.MODEL, tokens, fields);
    String tail = "\"}]}";
    String text = "lorem ipsum ".repeat(BODY_BYTES / 12 + 1);
    return Buffer.buffer(
        head + text.substring(0, BODY_BYTES - head.length() - tail.length()) + tail);
  }

  /** Reads one answer. */
  Answer answer() {
    return stream ? new Events(tokens) : new Whole(tokens);
  }

  /** An answer as it arrives. */
  interface Answer {
    void accept(Buffer chunk);

    /** At its end: what is wrong with it. */
    Optional<String> wrong();
  }

  private static final class Whole implements Answer {
    private final String expected;
    private Buffer body = Buffer.buffer();

    Whole(int tokens) {
      this.expected = "\"completion_tokens\":" + tokens + ",";
    }

    @Override
    public void accept(Buffer chunk) {
      body = body.length() == 0 ? chunk : body.appendBuffer(chunk);
    }

    @Override
    public Optional<String> wrong() {
      String text = body.toString(StandardCharsets.ISO_8859_1);
      return text.startsWith("{") && text.endsWith("}") && text.contains(expected)
          ? Optional.empty()
          : Optional.of("expected " + expected + " in: " + text);
    }
  }

  /** An event ends with an empty line. */
  private static final class Events implements Answer {
    /** Behind the tokens: the reason of the end, the usage, and the word that it is done. */
    private static final int CLOSING = 3;

    private static final String END = "data: [DONE]\n\n";

    private final int expected;
    private int events;
    private byte last;
    private Buffer tail = Buffer.buffer();

    Events(int tokens) {
      this.expected = tokens + CLOSING;
    }

    @Override
    public void accept(Buffer chunk) {
      for (int i = 0; i < chunk.length(); i++) {
        byte next = chunk.getByte(i);
        if (next == '\n' && last == '\n') {
          events++;
        }
        last = next;
      }
      // A chunk may be cut anywhere on its way.
      tail = chunk.length() >= END.length() ? chunk : tail.copy().appendBuffer(chunk);
    }

    @Override
    public Optional<String> wrong() {
      return events == expected && tail.toString().endsWith(END)
          ? Optional.empty()
          : Optional.of(
              "expected %d events, got %d, and at last: %s".formatted(expected, events, tail));
    }
  }
}
