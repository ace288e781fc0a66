package dev.sluice.edge.authorization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.http.BadRequest;
import dev.sluice.edge.openai.ChatRequest;
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
    Optional<String> named =
        ofBody(request).or(request::model).or(() -> ofPath(request.plainPath()));
    if (named.isEmpty() && !SAFE.contains(request.method())) {
      throw new BadRequest(
          400,
          ErrorBody.invalidRequest(
                  request.body() instanceof EdgeBody.Beginning beginning
                      ? "The model is not within the first "
                          + beginning.bytes().length
                          + " bytes of the body: send 'model' before 'messages'."
                      : "The model of the request is not known at the edge.",
                  "model_unknown")
              .param("model"));
    }
    return named;
  }

  private static Optional<String> ofBody(EdgeRequest request) throws BadRequest {
    if (request.body() instanceof EdgeBody.Whole whole) {
      return request.plainPath().endsWith("/chat/completions")
          ? Optional.of(ChatRequest.parse(whole.contentEncoding(), whole.bytes()).model())
          : scan(whole.bytes());
    }
    return request.body() instanceof EdgeBody.Beginning beginning
        ? scan(beginning.bytes())
        : Optional.empty();
  }

  /** The first {@code model} at the top level, as far as there are bytes. */
  private static Optional<String> scan(byte[] bytes) {
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean model = json.currentName().equals("model");
        JsonToken value = json.nextToken();
        if (model) {
          return value == JsonToken.VALUE_STRING
              ? Optional.of(json.getText()).filter(name -> name.length() <= 256)
              : Optional.empty();
        }
        json.skipChildren();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it ends here, or it is no JSON
    }
  }

  private static Optional<String> ofPath(String path) {
    Matcher matcher = PATH.matcher(path);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
