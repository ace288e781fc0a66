package dev.sluice.edge.nginx;

import dev.sluice.admission.Origin;
import dev.sluice.edge.Answer;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.authorization.Authorizer;
import dev.sluice.edge.authorization.EdgeBody;
import dev.sluice.edge.authorization.EdgeRequest;
import dev.sluice.edge.authorization.Verdict;
import dev.sluice.edge.http.Credentials;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NGINX's {@code auth_request}: {@code GET /auth} with the headers of the request in question.
 *
 * <p>NGINX understands 2xx, 401 and 403 and nothing else, so any other status goes into a header,
 * as does the body: a reply with a body would cost NGINX the connection. nginx/sluice.conf turns
 * them into the client's answer.
 *
 * <p>Called on event loops; never blocks.
 */
public final class AuthRequest {
  private static final Logger log = LoggerFactory.getLogger(AuthRequest.class);

  private final Authorizer authorizer;
  private final RequestId ids;
  private final Optional<String> modelHeader;

  /**
   * @param modelHeader in which the edge says the model
   */
  public AuthRequest(Authorizer authorizer, RequestId ids, Optional<String> modelHeader) {
    this.authorizer = authorizer;
    this.ids = ids;
    this.modelHeader = modelHeader;
  }

  /** Answers a subrequest. */
  void answer(Context context, HttpServerRequest request) {
    request.response().exceptionHandler(failure -> {});
    Future.fromCompletionStage(authorizer.decide(edgeRequest(request)), context)
        .map(
            verdict -> {
              send(verdict, request);
              return verdict;
            })
        .onFailure(
            failure -> {
              log.error("a subrequest failed", failure);
              if (!request.response().headWritten()) {
                request.response().setStatusCode(500).putHeader("content-length", "0").end();
              }
            });
  }

  private EdgeRequest edgeRequest(HttpServerRequest request) {
    return new EdgeRequest(
        ids.shown(header(request, "x-request-id")),
        Credentials.of(request),
        Origin.of(header(request, "x-real-ip")),
        header(request, "x-original-method").orElse("GET").toUpperCase(Locale.ROOT),
        header(request, "x-original-uri").orElse("/"),
        EdgeRequest.askedByBrowser(name -> header(request, name)),
        modelHeader.flatMap(name -> header(request, name)).filter(model -> !model.isEmpty()),
        new EdgeBody.NotShown());
  }

  private void send(Verdict verdict, HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      authorizer.withdraw(verdict);
      return;
    }
    response.putHeader("content-length", "0");
    if (verdict instanceof Verdict.Allowed allowed) {
      put(allowed.requestHeaders(), response);
      put(allowed.responseHeaders(), response);
      response.setStatusCode(200).end();
      return;
    }
    Answer answer = ((Verdict.Answered) verdict).answer();
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equals("content-type")) {
                response.putHeader(name, value);
              }
            });
    response
        .putHeader(EdgeHeaders.STATUS, Integer.toString(answer.status()))
        .putHeader(EdgeHeaders.BODY, answer.body())
        .setStatusCode(answer.status() == 401 ? 401 : 403)
        .end();
  }

  private static void put(Map<String, String> headers, HttpServerResponse response) {
    headers.forEach(response::putHeader);
  }

  private static Optional<String> header(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name));
  }
}
