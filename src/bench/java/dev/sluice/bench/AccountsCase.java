package dev.sluice.bench;

import dev.sluice.bench.CheckQuestions.Shown;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Keys of one store that ask: {@code ext_authz} in full mode, {@code /auth} in front mode.
 *
 * @param keys how many of them ask in turn
 * @param large whether the store is the large one
 */
record AccountsCase(DoorMode mode, int keys, boolean large) {
  static final int HOT = 100;

  /** One hot key and a hundred, in both stores; all in the large one. */
  static List<AccountsCase> all(int largeKeys) {
    List<AccountsCase> all = new ArrayList<>();
    for (DoorMode mode : new DoorMode[] {DoorMode.FULL, DoorMode.FRONT}) {
      for (int keys : new int[] {1, HOT}) {
        all.add(new AccountsCase(mode, keys, false));
        all.add(new AccountsCase(mode, keys, true));
      }
      all.add(new AccountsCase(mode, largeKeys, true));
    }
    return List.copyOf(all);
  }

  /** The same keys in the small store, where there is one to compare with. */
  AccountsCase inSmall() {
    return new AccountsCase(mode, keys, false);
  }

  String name() {
    return String.format(
        Locale.ROOT,
        "%s, %s%s",
        mode.name().toLowerCase(Locale.ROOT),
        keys == 1 ? "one key" : String.format(Locale.ROOT, "%,d keys", keys),
        keys > HOT ? "" : large ? " of many" : " of few");
  }

  String id() {
    return "%s_%d_%s"
        .formatted(mode.name().toLowerCase(Locale.ROOT), keys, large ? "large" : "small");
  }

  Asker open(AccountsStack stack) {
    EdgeTarget target = stack.target();
    List<UserKey> asking = stack.keys(keys);
    return mode == DoorMode.FRONT
        ? new HttpLoop(
            target.http(),
            EdgeCase.HTTP_CONNECTIONS,
            new AuthQuestions(asking, target.kind(), mode))
        : EdgeCase.grpc(
            target,
            AuthorizationGrpc.getCheckMethod(),
            new CheckQuestions(asking, target.kind(), mode, Shown.MODEL));
  }
}
