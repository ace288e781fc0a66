package dev.sluice.bench;

import dev.sluice.bench.CheckQuestions.Shown;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One kind of question at one door.
 *
 * @param id for programs and options
 * @param setup of the Sluice that is asked
 * @param anyService whether others than Sluice answer it
 * @param latency whether it is asked at a fixed rate, for latency; else as often as it is answered,
 *     for CPU
 */
record EdgeCase(
    String id, String name, EdgeSetup setup, boolean anyService, boolean latency, Opening opening) {
  static final int HTTP_CONNECTIONS = 64;

  private static final int GRPC_CONNECTIONS = 4;
  private static final int GRPC_IN_FLIGHT = 50;

  /** Readies the load of one target. */
  interface Opening {
    Asker open(EdgeTarget target, List<UserKey> keys);
  }

  /**
   * @param rate requests a second of those cases that are about latency
   */
  static List<EdgeCase> all(int rate) {
    return List.of(
        check("authz_front", "ext_authz, front", EdgeSetup.FRONT, Shown.NOTHING),
        check("authz_full_body", "ext_authz, full, 2 KB body", EdgeSetup.FULL, Shown.BODY),
        check("authz_full_model", "ext_authz, full, model told", EdgeSetup.FULL, Shown.MODEL),
        limit("limit_hot", "ratelimit, one hot key", EdgeSetup.FRONT, LimitQuestions::hotKey),
        limit("limit_spread", "ratelimit, 10,000 keys", EdgeSetup.FRONT, LimitQuestions::manyKeys),
        limit(
            "limit_three",
            "ratelimit, three descriptors",
            EdgeSetup.FRONT,
            LimitQuestions::threeDescriptors),
        limit(
            "limit_over", "ratelimit, over the limit", EdgeSetup.FRONT, LimitQuestions::overLimit),
        limit(
            "limit_over_cached",
            "ratelimit, over the limit, local cache",
            EdgeSetup.CACHED,
            LimitQuestions::overLimit),
        limitAtRate(rate),
        auth("auth_front", "/auth, front", EdgeSetup.FRONT),
        auth("auth_full", "/auth, full, model told", EdgeSetup.FULL));
  }

  private static EdgeCase check(String id, String name, EdgeSetup setup, Shown shown) {
    return new EdgeCase(
        id,
        name,
        setup,
        false,
        false,
        (target, keys) ->
            grpc(
                target,
                AuthorizationGrpc.getCheckMethod(),
                new CheckQuestions(keys, target.kind(), setup.extAuthz(), shown)));
  }

  private static EdgeCase limit(
      String id,
      String name,
      EdgeSetup setup,
      Function<EdgeTarget.Kind, LimitQuestions> questions) {
    return new EdgeCase(
        id,
        name,
        setup,
        true,
        false,
        (target, keys) ->
            grpc(
                target,
                RateLimitServiceGrpc.getShouldRateLimitMethod(),
                questions.apply(target.kind())));
  }

  private static EdgeCase limitAtRate(int rate) {
    Pace pace = new Pace(rate);
    return new EdgeCase(
        "limit_latency",
        String.format(Locale.ROOT, "ratelimit, 10,000 keys, %,d a second", rate),
        EdgeSetup.FRONT,
        true,
        true,
        (target, keys) ->
            new GrpcRate<>(
                connections(target, RateLimitServiceGrpc.getShouldRateLimitMethod()),
                pace,
                LimitQuestions.manyKeys(target.kind())));
  }

  private static EdgeCase auth(String id, String name, EdgeSetup setup) {
    return new EdgeCase(
        id,
        name,
        setup,
        false,
        false,
        (target, keys) ->
            new HttpLoop(
                target.http(),
                HTTP_CONNECTIONS,
                new AuthQuestions(keys, target.kind(), setup.auth())));
  }

  /** As many calls at a time as a few busy Envoys make. */
  static <Q, A> Asker grpc(
      EdgeTarget target, MethodDescriptor<Q, A> method, Questions<Q, A> questions) {
    return new GrpcLoop<>(connections(target, method), GRPC_IN_FLIGHT, questions);
  }

  /** As many as a few Envoys have. */
  static <Q, A> GrpcConnections<Q, A> connections(
      EdgeTarget target, MethodDescriptor<Q, A> method) {
    return new GrpcConnections<>(target.grpc(), GRPC_CONNECTIONS, method);
  }
}
