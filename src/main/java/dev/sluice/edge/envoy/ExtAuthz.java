package dev.sluice.edge.envoy;

import dev.sluice.edge.RequestId;
import dev.sluice.edge.authorization.Authorizer;
import dev.sluice.edge.authorization.Verdict;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Envoy's {@code envoy.service.auth.v3.Authorization}.
 *
 * <p>Called on event loops; never blocks.
 */
public final class ExtAuthz extends AuthorizationGrpc.AuthorizationImplBase {
  public static final String DOOR = "ext_authz";

  private static final Logger log = LoggerFactory.getLogger(ExtAuthz.class);

  private final Authorizer authorizer;
  private final RequestId ids;
  private final Optional<String> modelHeader;
  private final CheckAnswers answers;
  private final Metrics metrics;

  /**
   * @param modelHeader in which the edge says the model, in lower case
   */
  public ExtAuthz(
      Authorizer authorizer,
      DoorMode mode,
      RequestId ids,
      Optional<String> modelHeader,
      Metrics metrics) {
    this.authorizer = authorizer;
    this.ids = ids;
    this.modelHeader = modelHeader;
    this.answers = new CheckAnswers(mode);
    this.metrics = metrics;
  }

  @Override
  public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
    if (!CheckedRequest.isHttp(request)) {
      metrics.badRequest(DOOR, "not_http");
      observer.onError(
          Status.INVALID_ARGUMENT
              .withDescription("attributes.request.http is missing: only HTTP can be decided")
              .asRuntimeException());
      return;
    }
    CheckedRequest checked = new CheckedRequest(request);
    var unused =
        authorizer
            .decide(checked.edgeRequest(ids, modelHeader))
            .thenAccept(verdict -> answer(verdict, checked, observer))
            .exceptionally(
                failure -> {
                  log.error("a check failed", failure);
                  observer.onError(
                      Status.INTERNAL.withDescription("the check failed").asRuntimeException());
                  return null;
                });
  }

  private void answer(
      Verdict verdict, CheckedRequest checked, StreamObserver<CheckResponse> observer) {
    if (((ServerCallStreamObserver<CheckResponse>) observer).isCancelled()) {
      authorizer.withdraw(verdict);
      return;
    }
    observer.onNext(answers.of(verdict, checked.headers()));
    observer.onCompleted();
  }
}
