package dev.sluice.edge.authorization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.admission.Demand;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.ChatRequest;
import dev.sluice.edge.DemandReader;
import dev.sluice.edge.ErrorBody;
import dev.sluice.policy.RequestPath;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The model that a request asks for: in its body where the edge shows it, because that is what the
 * backend obeys; else in what the edge says; else in the path.
 *
 * @param demand as far as the edge shows the body
 */
record RequestedModel(String model, Demand demand) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Of those no model is run, so none is needed. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "DELETE");

  /**
   * As Azure's API names it, {@code /openai/deployments/<model>/chat/completions}, and Google's.
   */
  private static final Pattern PATH =
      Pattern.compile(".*/(?:deployments|models)/([^/:]{1,256})(?:/.+|:[^/]+)");

  /** What a body says, as far as it is shown. */
  private record Said(Optional<String> model, Demand demand) {
    static final Said NOTHING = new Said(Optional.empty(), Demand.UNKNOWN);
  }

  /**
   * The model; empty when none is run.
   *
   * @throws BadRequest what the gateway would answer to such a body, or that the model cannot be
   *     known
   */
  static Optional<RequestedModel> of(EdgeRequest request) throws BadRequest {
    if (SAFE.contains(request.method())) {
      return Optional.empty();
    }
    Said said = ofBody(request);
    Optional<String> named = said.model().or(request::model);
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
    return named.map(model -> new RequestedModel(model, said.demand()));
  }

  private static Said ofBody(EdgeRequest request) throws BadRequest {
    String path = request.plainPath().text();
    if (request.body() instanceof EdgeBody.Whole whole) {
      if (!path.endsWith("/chat/completions")) {
        return scan(path, whole.bytes(), true);
      }
      ChatRequest chat = ChatRequest.parse(whole.contentEncoding(), whole.bytes());
      return new Said(Optional.of(chat.model()), chat.demand());
    }
    return request.body() instanceof EdgeBody.Beginning beginning
        ? scan(path, beginning.bytes(), false)
        : Said.NOTHING;
  }

  /**
   * The {@code model} and the demand at the top level. To the end, as far as there are bytes: a
   * backend might obey a second one.
   */
  private static Said scan(String path, byte[] bytes, boolean whole) throws BadRequest {
    Optional<String> found = Optional.empty();
    DemandReader demand = DemandReader.of(path);
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new Said(Optional.empty(), demand.demand());
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("model")) {
          if (found.isPresent()) {
            throw refused("The field 'model' stands twice in the body.", "invalid_value");
          }
          if (value != JsonToken.VALUE_STRING
              || json.getText().length() > ChatRequest.LONGEST_MODEL) {
            throw refused("Invalid 'model': expected a short string.", "invalid_type");
          }
          found = Optional.of(json.getText());
        } else if (!demand.read(field, json)) {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      if (whole) {
        throw refused("The body is not valid JSON.", "invalid_json");
      }
      // It ends here.
    }
    return new Said(found, demand.demand());
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
