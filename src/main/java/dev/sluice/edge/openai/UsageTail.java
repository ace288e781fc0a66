package dev.sluice.edge.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.usage.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
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

  private static final String FIELD = "\"usage\"";
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
    StringBuilder text = new StringBuilder(length);
    // Each byte a character: the fields sought are ASCII, and a chunk may split a longer character.
    chunks.forEach(chunk -> text.append(chunk.toString(StandardCharsets.ISO_8859_1)));
    for (int at = text.lastIndexOf(FIELD); at >= 0; at = text.lastIndexOf(FIELD, at - 1)) {
      int brace = at + FIELD.length();
      while (brace < text.length() && " \t\r\n:".indexOf(text.charAt(brace)) >= 0) {
        brace++;
      }
      if (brace < text.length() && text.charAt(brace) == '{') {
        return parse(text.substring(brace));
      }
    }
    return Optional.empty();
  }

  private static Optional<Usage> parse(String text) {
    long prompt = -1;
    long completion = -1;
    try (JsonParser json = JSON.createParser(text)) {
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
