package dev.sluice.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The error object of the OpenAI API, in the vendor's envelope with the request's id.
 *
 * @param type as in OpenAI's table of errors
 * @param param the field of the request that is at fault
 */
public record ErrorBody(
    String message, String type, Optional<String> param, Optional<String> code) {
  /** ASCII only: at NGINX it travels in a header. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  public static ErrorBody of(String message, String type, String code) {
    return new ErrorBody(message, type, Optional.empty(), Optional.of(code));
  }

  /** An error that the client can mend. */
  public static ErrorBody invalidRequest(String message, String code) {
    return of(message, "invalid_request_error", code);
  }

  public ErrorBody param(String field) {
    return new ErrorBody(message, type, Optional.of(field), code);
  }

  /** {@code {"error":{...},"request_id":"..."}}, on one line, in ASCII. */
  public String json(String requestId) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectFieldStart("error");
      json.writeStringField("message", message);
      json.writeStringField("type", type);
      json.writeStringField("param", param.orElse(null));
      json.writeStringField("code", code.orElse(null));
      json.writeEndObject();
      json.writeStringField("request_id", requestId);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.toString();
  }
}
