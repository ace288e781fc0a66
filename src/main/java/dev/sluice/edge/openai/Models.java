package dev.sluice.edge.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.account.Caller;
import dev.sluice.account.Credential;
import dev.sluice.account.Permission;
import dev.sluice.admission.Admission;
import dev.sluice.admission.Authentication;
import dev.sluice.edge.Answer;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.Notices;
import dev.sluice.edge.Proofs;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.http.Credentials;
import dev.sluice.edge.http.Origins;
import dev.sluice.edge.http.Replies;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code GET /v1/models} and {@code /v1/models/<id>}: what the key may call, and nothing else. */
final class Models {
  private static final JsonFactory JSON = new JsonFactory();

  private final Admission admission;
  private final Proofs proofs;
  private final Refusals refusals;
  private final Notices notices;
  private final RequestId requestIds;
  private final Replies replies;
  private final long created;

  /**
   * @param created what is shown as the models' date
   */
  Models(
      Admission admission,
      Proofs proofs,
      Refusals refusals,
      Notices notices,
      RequestId requestIds,
      Replies replies,
      Instant created) {
    this.admission = admission;
    this.proofs = proofs;
    this.refusals = refusals;
    this.notices = notices;
    this.requestIds = requestIds;
    this.replies = replies;
    this.created = created.getEpochSecond();
  }

  /** Answers with one model, or with all when none is named. */
  void answer(Context context, HttpServerRequest request, Optional<String> model) {
    String requestId = requestIds.shown(Optional.ofNullable(request.getHeader("x-request-id")));
    Credential credential = Credentials.of(request);
    // On the request's own loop, wherever the store answers.
    Future.fromCompletionStage(
            admission.authenticate(
                credential,
                Optional.of(Permission.MODELS),
                caller -> Origins.of(request, proved(request, caller))),
            context)
        .onSuccess(
            authentication ->
                replies.send(
                    request,
                    answer(authentication, model, requestId)
                        .with(warned(authentication, credential))));
  }

  private Map<String, String> warned(Authentication authentication, Credential credential) {
    return authentication instanceof Authentication.Known known
        ? notices.ofKey(Exchange.DOOR, credential, known.caller())
        : Map.of();
  }

  private Optional<String> proved(HttpServerRequest request, Caller caller) {
    return proofs.request(Optional.ofNullable(request.getHeader(EdgeHeaders.PROOF)), caller);
  }

  private Answer answer(Authentication authentication, Optional<String> model, String requestId) {
    if (authentication instanceof Authentication.Known known) {
      Set<String> allowed = admission.models(known.caller());
      if (model.isEmpty()) {
        return ok(list(allowed), requestId);
      }
      return allowed.contains(model.get())
          ? ok(one(model.get()), requestId).with(notices.ofModel(model.get()))
          : refusals.modelNotFound(model.get(), requestId);
    }
    return refusals.answer(
        ((Authentication.Rejected) authentication).refusal(), List.of(), requestId);
  }

  private static Answer ok(String body, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("x-request-id", requestId);
    return new Answer(200, headers, body);
  }

  private String list(Set<String> models) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("object", "list");
          json.writeArrayFieldStart("data");
          for (String model : models) {
            write(json, model);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private String one(String model) {
    return write(json -> write(json, model));
  }

  private void write(JsonGenerator json, String model) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", model);
    json.writeStringField("object", "model");
    json.writeNumberField("created", created);
    json.writeStringField("owned_by", "sluice");
    json.writeEndObject();
  }

  private interface Content {
    void to(JsonGenerator json) throws IOException;
  }

  private static String write(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      content.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return text.toString();
  }
}
