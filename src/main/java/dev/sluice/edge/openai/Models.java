package dev.sluice.edge.openai;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.account.Caller;
import dev.sluice.admission.Admission;
import dev.sluice.edge.Answer;
import dev.sluice.edge.Notices;
import dev.sluice.edge.Refusals;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/models} and {@code /v1/models/<id>}: what the key may call, and nothing else. */
final class Models {
  private static final JsonFactory JSON = new JsonFactory();

  private final Admission admission;
  private final Refusals refusals;
  private final Notices notices;
  private final long created;

  /**
   * @param created what is shown as the models' date
   */
  Models(Admission admission, Refusals refusals, Notices notices, Instant created) {
    this.admission = admission;
    this.refusals = refusals;
    this.notices = notices;
    this.created = created.getEpochSecond();
  }

  /** The answer to a caller: one model, or all when none is named. */
  CompletionStage<Answer> answer(Caller caller, Optional<String> model, String requestId) {
    Set<String> allowed = admission.models(caller);
    if (model.isEmpty()) {
      return completedFuture(Answer.ok(list(allowed), requestId));
    }
    return completedFuture(
        allowed.contains(model.get())
            ? Answer.ok(one(model.get()), requestId).with(notices.ofModel(model.get()))
            : refusals.modelNotFound(model.get(), requestId));
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
