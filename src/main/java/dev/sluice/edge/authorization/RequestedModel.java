package dev.sluice.edge.authorization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.ChatRequest;
import dev.sluice.edge.ErrorBody;
import dev.sluice.policy.RequestPath;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the model that a request asks for: in its body where the edge shows it, because that is
 * what the backend obeys; else in what the edge says; else in the path.
 */
final class RequestedModel {
  private static final JsonFactory JSON = new JsonFactory();

  /** Of those no model is run, so none is needed. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "DELETE");

  /**
   * As Azure's API names it, {@code /openai/deployments/<model>/chat/completions}, and Google's.
   */
  private static final Pattern PATH =
      Pattern.compile(".*/(?:deployments|models)/([^/:]{1,256})(?:/.+|:[^/]+)");

  private RequestedModel() {}

  /**
   * The model; empty when none is run.
   *
   * @throws BadRequest what the gateway would answer to such a body, or that the model cannot be
   *     known
   */
  static Optional<String> of(EdgeRequest request) throws BadRequest {
    if (SAFE.contains(request.method())) {
      return Optional.empty();
    }
    Optional<String> named = ofBody(request).or(request::model);
    if (named.isEmpty()) {
      named = ofPath(request.plainPath());
    }
    if (named.isEmpty()) {
      throw refused(
          request.body() instanceof EdgeBody.Beginning beginning
              ? "The model is not within the first "
                  + beginning.bytes().length
                  + " bytes of the body: send 'model' before 'messages'."
              : "The model of the request is not known at the edge.",
          "model_unknown");
    }
    return named;
  }

  private static Optional<String> ofBody(EdgeRequest request) throws BadRequest {
    if (request.body() instanceof EdgeBody.Whole whole) {
      return request.plainPath().text().endsWith("/chat/completions")
          ? Optional.of(ChatRequest.parse(whole.contentEncoding(), whole.bytes()).model())
          : scan(whole.bytes(), true);
    }
    return request.body() instanceof EdgeBody.Beginning beginning
        ? scan(beginning.bytes(), false)
        : Optional.empty();
  }

  /**
   * The {@code model} at the top level. To the end, as far as there are bytes: a backend might obey
   * a second one.
   */
  private static Optional<String> scan(byte[] bytes, boolean whole) throws BadRequest {
    Optional<String> found = Optional.empty();
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean model = json.currentName().equals("model");
        JsonToken value = json.nextToken();
        if (model) {
          if (found.isPresent()) {
            throw refused("The field 'model' stands twice in the body.", "invalid_value");
          }
          if (value != JsonToken.VALUE_STRING
              || json.getText().length() > ChatRequest.LONGEST_MODEL) {
            throw refused("Invalid 'model': expected a short string.", "invalid_type");
          }
          found = Optional.of(json.getText());
        }
        json.skipChildren();
      }
      return found;
    } catch (IOException e) {
      if (whole) {
        throw refused("The body is not valid JSON.", "invalid_json");
      }
      return found; // it ends here
    }
  }

  private static Optional<String> ofPath(RequestPath path) throws BadRequest {
    Matcher matcher = PATH.matcher(path.text());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (path.ambiguous()) {
      throw new BadRequest(
          400,
          ErrorBody.invalidRequest(
              "The path has dot segments, empty segments, or other signs that are read in several ways.",
              "invalid_path"));
    }
    return Optional.of(matcher.group(1));
  }

  private static BadRequest refused(String message, String code) {
    return new BadRequest(400, ErrorBody.invalidRequest(message, code).param("model"));
  }
}
