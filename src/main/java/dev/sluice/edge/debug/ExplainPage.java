package dev.sluice.edge.debug;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Caller;
import dev.sluice.account.CallersById;
import dev.sluice.account.InvalidRecord;
import dev.sluice.admission.Explain;
import dev.sluice.admission.RefusalStore;
import dev.sluice.edge.explain.Asked;
import dev.sluice.edge.explain.ExplanationJson;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /explain}: the refusals of a request that are kept ({@code ?request=ID}), or what would
 * become of a request ({@code ?organization=O&key=ID&model=M}, and {@code at}, {@code from}, {@code
 * batch}, {@code outputTokens}, {@code endUser}, {@code endsIn}).
 */
public final class ExplainPage implements DebugPages {
  private static final Set<String> PARAMETERS =
      new TreeSet<>(
          Set.of(
              "request",
              "organization",
              "key",
              "model",
              "at",
              "from",
              "batch",
              "outputTokens",
              "endUser",
              "endsIn"));

  private static final Logger log = LoggerFactory.getLogger(ExplainPage.class);

  private final ObjectMapper json = new ObjectMapper();
  private final CallersById callers;
  private final Explain explain;
  private final ExplanationJson view;
  private final RefusalStore refusals;

  public ExplainPage(
      CallersById callers, Explain explain, ExplanationJson view, RefusalStore refusals) {
    this.callers = callers;
    this.explain = explain;
    this.view = view;
    this.refusals = refusals;
  }

  @Override
  public String index() {
    return """
        /explain?request=ID                          why a request was refused, by its x-request-id
        /explain?organization=ORG&key=ID&model=NAME  what would become of a request, rule by rule
        """;
  }

  @Override
  public void addTo(Router router) {
    router.get("/explain").handler(this::answer);
  }

  private void answer(RoutingContext route) {
    MultiMap asked = route.queryParams();
    Optional<String> wrong =
        asked.names().stream().filter(name -> !PARAMETERS.contains(name)).findFirst();
    if (wrong.isPresent()) {
      fail(route, 400, "expected request, or organization, key and model; known are " + PARAMETERS);
      return;
    }
    CompletionStage<Optional<ObjectNode>> page;
    try {
      page = asked.contains("request") ? kept(asked.get("request")) : explained(asked);
    } catch (Asked.NotUnderstood | InvalidRecord e) {
      fail(route, 400, String.valueOf(e.getMessage()));
      return;
    }
    Future.fromCompletionStage(page, route.vertx().getOrCreateContext())
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    body -> send(route, 200, body), () -> fail(route, 404, missing(asked))))
        .onFailure(failure -> failed(route, failure));
  }

  private static String missing(MultiMap asked) {
    return asked.contains("request")
        ? "no refusal of this request is kept: it was not refused, or too long ago"
        : "there is no such key in this organization";
  }

  private CompletionStage<Optional<ObjectNode>> kept(String requestId) {
    return refusals
        .of(requestId)
        .thenApply(lines -> lines.isEmpty() ? Optional.empty() : all(lines));
  }

  private Optional<ObjectNode> all(List<String> lines) {
    ObjectNode body = json.createObjectNode();
    ArrayNode all = body.putArray("refusals");
    for (String line : lines) {
      try {
        all.add(json.readTree(line));
      } catch (JsonProcessingException e) {
        all.add(line);
      }
    }
    return Optional.of(body);
  }

  private CompletionStage<Optional<ObjectNode>> explained(MultiMap asked) {
    String model = required(asked, "model", "the name of a model, as its clients ask for it");
    String organization = required(asked, "organization", "the id of an organization");
    String key = required(asked, "key", "the id of a key, as key-0123456789abcdef");
    if (!key.startsWith("key-")) {
      // It may be a secret: it is neither looked up nor repeated.
      throw new Asked.NotUnderstood("key", "its id, as key-0123456789abcdef, never its text");
    }
    Asked more =
        new Asked(
            one(asked, "at"),
            one(asked, "from"),
            one(asked, "batch"),
            one(asked, "outputTokens"),
            one(asked, "endUser"),
            one(asked, "endsIn"));
    return callers
        .find(organization, key)
        .thenCompose(
            caller ->
                caller.map(its -> explained(its, model, more)).orElseGet(ExplainPage::nothing));
  }

  private CompletionStage<Optional<ObjectNode>> explained(
      Caller caller, String model, Asked asked) {
    return explain
        .explain(asked.about(caller, model))
        .thenApply(explanation -> Optional.of(view.write(explanation)));
  }

  private static CompletionStage<Optional<ObjectNode>> nothing() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private static String required(MultiMap asked, String name, String expected) {
    return one(asked, name).orElseThrow(() -> new Asked.NotUnderstood(name, expected));
  }

  private static Optional<String> one(MultiMap asked, String name) {
    return Optional.ofNullable(asked.get(name)).filter(value -> !value.isEmpty());
  }

  private void failed(RoutingContext route, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Asked.NotUnderstood || cause instanceof InvalidRecord) {
      fail(route, 400, String.valueOf(cause.getMessage()));
    } else {
      // Most likely Redis; the words are the cause's own.
      log.debug("no explanation", cause);
      fail(route, 503, "cannot be explained at present: " + cause.getMessage());
    }
  }

  private void fail(RoutingContext route, int status, String message) {
    send(route, status, json.createObjectNode().put("error", message));
  }

  private static void send(RoutingContext route, int status, ObjectNode body) {
    route
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(body.toPrettyString() + "\n");
  }
}
