package dev.sluice.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sluice.admission.Demand;
import java.io.IOException;
import java.util.Optional;

/**
 * What of a chat completion request decides about it.
 *
 * @param modelStart where the value of {@code model} begins in the body: its quotation mark
 * @param modelEnd behind its other quotation mark
 */
public record ChatRequest(String model, int modelStart, int modelEnd, Demand demand) {
  /** The most characters that a model's name may have. */
  public static final int LONGEST_MODEL = 256;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();

  /**
   * Reads a whole body, so that what is forwarded is known to be JSON.
   *
   * <p>A field that stands twice is refused: a backend might obey the other one.
   */
  public static ChatRequest parse(Optional<String> contentEncoding, byte[] body) throws BadRequest {
    if (!contentEncoding.orElse("identity").equalsIgnoreCase("identity")) {
      throw new BadRequest(
          415,
          ErrorBody.invalidRequest(
              "The content encoding '"
                  + contentEncoding.get()
                  + "' is not supported: send the JSON"
                  + " as it is.",
              "unsupported_content_encoding"));
    }
    Name model = null;
    boolean stream = false;
    boolean messages = false;
    DemandReader demand = DemandReader.ofChatCompletion();
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("The body must be a JSON object.", "invalid_json");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        switch (field) {
          case "model" -> {
            once(model == null, field);
            model = model(json, value);
          }
          case "stream" -> {
            once(!stream, field);
            stream = true;
            bool(field, value);
          }
          case "messages" -> {
            once(!messages, field);
            messages = true;
            messages(json, value);
          }
          default -> {
            if (!demand.read(field, json)) {
              json.skipChildren();
            }
          }
        }
      }
      if (json.nextToken() != null) {
        throw malformed(
            "The body must be one JSON object, with nothing behind it.", "invalid_json");
      }
    } catch (JsonProcessingException e) {
      throw malformed(
          "The body is not valid JSON: " + reason(e) + at(e.getLocation()) + ".", "invalid_json");
    } catch (IOException e) {
      throw malformed("The body is not valid UTF-8: " + e.getMessage(), "invalid_json");
    }
    if (model == null) {
      throw missing("model");
    }
    if (!messages) {
      throw missing("messages");
    }
    return new ChatRequest(model.text(), model.start(), model.end(), demand.demand());
  }

  /** The value of {@code model}, and where it stands in the body. */
  private record Name(String text, int start, int end) {}

  private static Name model(JsonParser json, JsonToken value) throws IOException, BadRequest {
    if (value != JsonToken.VALUE_STRING) {
      throw type("model", "a string", value);
    }
    String model = json.getText();
    if (model.isEmpty() || model.length() > LONGEST_MODEL) {
      throw invalid(
          "model",
          "Invalid 'model': expected 1 to "
              + LONGEST_MODEL
              + " characters, got "
              + model.length()
              + ".");
    }
    long start = json.currentTokenLocation().getByteOffset();
    if (start < 0) { // the parser reads UTF-16 and UTF-32 as well, as characters
      throw malformed("The body must be JSON in UTF-8.", "invalid_json");
    }
    return new Name(model, (int) start, (int) json.currentLocation().getByteOffset());
  }

  private static void bool(String field, JsonToken value) throws BadRequest {
    switch (value) {
      case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> {}
      default -> throw type(field, "a boolean", value);
    }
  }

  private static void messages(JsonParser json, JsonToken value) throws IOException, BadRequest {
    if (value != JsonToken.START_ARRAY) {
      throw type("messages", "an array", value);
    }
    if (json.nextToken() == JsonToken.END_ARRAY) {
      throw invalid("messages", "Invalid 'messages': expected at least one message, got none.");
    }
    do {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw type("messages", "an array of objects", json.currentToken());
      }
      json.skipChildren();
    } while (json.nextToken() != JsonToken.END_ARRAY);
  }

  static void once(boolean first, String field) throws BadRequest {
    if (!first) {
      throw invalid(field, "The field '" + field + "' stands twice in the body.");
    }
  }

  private static BadRequest missing(String field) {
    return new BadRequest(
        400,
        ErrorBody.invalidRequest(
                "Missing required parameter: '" + field + "'.", "missing_required_parameter")
            .param(field));
  }

  static BadRequest type(String field, String expected, JsonToken found) {
    String name =
        switch (found) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> "a string";
          case VALUE_NUMBER_INT -> "a number";
          case VALUE_NUMBER_FLOAT -> "a decimal number";
          case VALUE_TRUE, VALUE_FALSE -> "a boolean";
          default -> "null";
        };
    return new BadRequest(
        400,
        ErrorBody.invalidRequest(
                "Invalid type for '" + field + "': expected " + expected + ", got " + name + ".",
                "invalid_type")
            .param(field));
  }

  private static BadRequest invalid(String field, String message) {
    return new BadRequest(400, ErrorBody.invalidRequest(message, "invalid_value").param(field));
  }

  private static BadRequest malformed(String message, String code) {
    return new BadRequest(400, ErrorBody.invalidRequest(message, code));
  }

  /** The parser's own words, without what it says to those who call it. */
  private static String reason(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return "a number, a name or the nesting goes beyond what is read";
    }
    return e.getOriginalMessage().split(" \\(start marker| \\(for |: enable ", 2)[0].strip();
  }

  private static String at(JsonLocation location) {
    return Optional.ofNullable(location)
        .map(l -> " (line " + l.getLineNr() + ", column " + l.getColumnNr() + ")")
        .orElse("");
  }
}
