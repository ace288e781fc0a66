package dev.sluice.edge.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.usage.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * Finds the usage that a backend reports at the end of a response, in JSON as in the last chunk of
 * a stream, from the response's last bytes alone.
 *
 * <p>Text that a model generates cannot be taken for it: inside a JSON string its quotes are
 * escaped.
 */
final class UsageTail {
  /** The vendor's usage object with all its fields has 600 bytes. */
  private static final int KEPT = 4096;

  private static final byte[] FIELD = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
  private static final JsonFactory JSON = new JsonFactory();

  private final Deque<Buffer> chunks = new ArrayDeque<>();
  private int length;

  void accept(Buffer chunk) {
    chunks.addLast(chunk);
    length += chunk.length();
    while (length - chunks.getFirst().length() >= KEPT) {
      length -= chunks.removeFirst().length();
    }
  }

  /** The last usage object that was seen whole; empty when there was none. */
  Optional<Usage> usage() {
    byte[] bytes = new byte[length];
    int filled = 0;
    for (Buffer chunk : chunks) {
      chunk.getBytes(bytes, filled);
      filled += chunk.length();
    }
    for (int at = bytes.length - FIELD.length; at >= 0; at--) {
      // The second byte is the rarer one: most places are passed without a call.
      if (bytes[at + 1] == FIELD[1]
          && Arrays.equals(bytes, at, at + FIELD.length, FIELD, 0, FIELD.length)) {
        int brace = at + FIELD.length;
        while (brace < bytes.length && " \t\r\n:".indexOf(bytes[brace]) >= 0) {
          brace++;
        }
        if (brace < bytes.length && bytes[brace] == '{') {
          return parse(bytes, brace);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Usage> parse(byte[] bytes, int from) {
    long prompt = -1;
    long completion = -1;
    try (JsonParser json = JSON.createParser(bytes, from, bytes.length - from)) {
      json.nextToken();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (value == JsonToken.VALUE_NUMBER_INT && field.equals("prompt_tokens")) {
          prompt = json.getLongValue();
        } else if (value == JsonToken.VALUE_NUMBER_INT && field.equals("completion_tokens")) {
          completion = json.getLongValue();
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return prompt >= 0 && completion >= 0
        ? Optional.of(new Usage(prompt, completion))
        : Optional.empty();
  }
}
