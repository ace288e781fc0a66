package dev.sluice.bench;

import dev.sluice.bench.CheckQuestions.Shown;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import java.util.List;
import java.util.function.Function;

/**
 * One kind of question at one door.
 *
 * @param id for programs and options
 * @param mode of the Sluice that is asked
 * @param anyService whether others than Sluice answer it
 */
record EdgeCase(String id, String name, DoorMode mode, boolean anyService, Opening opening) {
  static final int GRPC_CONNECTIONS = 4;
  static final int GRPC_IN_FLIGHT = 50;
  static final int HTTP_CONNECTIONS = 64;

  /** Readies the load of one target. */
  interface Opening {
    ClosedLoop open(EdgeTarget target, List<UserKey> keys);
  }

  static final List<EdgeCase> ALL =
      List.of(
          check("authz_front", "ext_authz, front", DoorMode.FRONT, Shown.NOTHING),
          check("authz_full_body", "ext_authz, full, 2 KB body", DoorMode.FULL, Shown.BODY),
          check("authz_full_model", "ext_authz, full, model told", DoorMode.FULL, Shown.MODEL),
          limit("limit_hot", "ratelimit, one hot key", LimitQuestions::hotKey),
          limit("limit_spread", "ratelimit, 10,000 keys", LimitQuestions::manyKeys),
          limit("limit_three", "ratelimit, three descriptors", LimitQuestions::threeDescriptors),
          limit("limit_over", "ratelimit, over the limit", LimitQuestions::overLimit),
          auth("auth_front", "/auth, front", DoorMode.FRONT),
          auth("auth_full", "/auth, full, model told", DoorMode.FULL));

  private static EdgeCase check(String id, String name, DoorMode mode, Shown shown) {
    return new EdgeCase(
        id,
        name,
        mode,
        false,
        (target, keys) ->
            new GrpcLoop<>(
                target.grpc(),
                GRPC_CONNECTIONS,
                GRPC_IN_FLIGHT,
                AuthorizationGrpc.getCheckMethod(),
                new CheckQuestions(keys, target.kind(), mode, shown)));
  }

  private static EdgeCase limit(
      String id, String name, Function<EdgeTarget.Kind, LimitQuestions> questions) {
    return new EdgeCase(
        id,
        name,
        DoorMode.FRONT,
        true,
        (target, keys) ->
            new GrpcLoop<>(
                target.grpc(),
                GRPC_CONNECTIONS,
                GRPC_IN_FLIGHT,
                RateLimitServiceGrpc.getShouldRateLimitMethod(),
                questions.apply(target.kind())));
  }

  private static EdgeCase auth(String id, String name, DoorMode mode) {
    return new EdgeCase(
        id,
        name,
        mode,
        false,
        (target, keys) ->
            new HttpLoop(
                target.http(), HTTP_CONNECTIONS, new AuthQuestions(keys, target.kind(), mode)));
  }
}
