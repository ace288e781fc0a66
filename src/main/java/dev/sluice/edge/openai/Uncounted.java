package dev.sluice.edge.openai;

import dev.sluice.account.Caller;
import dev.sluice.account.Credential;
import dev.sluice.account.Permission;
import dev.sluice.admission.Authentication;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Answer;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.DecisionLog;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.Facts;
import dev.sluice.edge.http.Credentials;
import dev.sluice.edge.http.Origins;
import dev.sluice.edge.http.Replies;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Requests that are answered to whoever has a key, and that no limit counts. */
final class Uncounted {
  private final Deciding deciding;
  private final DecisionLog decisions;
  private final Replies replies;

  Uncounted(Deciding deciding, Replies replies) {
    this.deciding = deciding;
    this.decisions = deciding.decisions(Exchange.DOOR);
    this.replies = replies;
  }

  /** What is answered to a caller. A stage that fails says that the store did not answer. */
  interface Content {
    CompletionStage<Answer> to(Caller caller, String requestId);
  }

  /**
   * Answers.
   *
   * @param permission that the key needs; empty: none
   */
  void answer(
      Context context,
      HttpServerRequest request,
      Optional<Permission> permission,
      Content content) {
    String requestId = deciding.ids().shown(Optional.ofNullable(request.getHeader("x-request-id")));
    Credential credential = Credentials.of(request);
    CompletionStage<Answer> answer =
        deciding
            .admission()
            .authenticate(
                credential, permission, caller -> Origins.of(request, proved(request, caller)))
            .thenCompose(
                authentication ->
                    authentication instanceof Authentication.Known known
                        ? content
                            .to(known.caller(), requestId)
                            .thenApply(sent -> sent.with(warned(credential, known.caller())))
                        : CompletableFuture.completedFuture(
                            refusal((Authentication.Rejected) authentication, requestId)))
            .exceptionally(
                failure ->
                    refusal(
                        new Authentication.Rejected(
                            new Refusal.StoreUnavailable(), Optional.empty()),
                        requestId));
    // On the request's own loop, wherever the store answers.
    Future.fromCompletionStage(answer, context).onSuccess(sent -> replies.send(request, sent));
  }

  private Map<String, String> warned(Credential credential, Caller caller) {
    return deciding.notices().ofKey(Exchange.DOOR, credential, caller);
  }

  private Optional<String> proved(HttpServerRequest request, Caller caller) {
    return deciding
        .proofs()
        .request(Optional.ofNullable(request.getHeader(EdgeHeaders.PROOF)), caller);
  }

  private Answer refusal(Authentication.Rejected rejected, String requestId) {
    Refusal refusal = rejected.refusal();
    Answer answer =
        refusal instanceof Refusal.StoreUnavailable
            ? deciding.refusals().unanswered(requestId)
            : deciding.refusals().answer(refusal, List.of(), requestId);
    decisions.refusedUncounted(
        new Facts(
            requestId, refusal.reason(), rejected.caller(), Optional.empty(), Optional.empty()),
        refusal,
        answer);
    return answer;
  }
}
