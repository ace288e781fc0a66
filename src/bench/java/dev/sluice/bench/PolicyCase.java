package dev.sluice.bench;

import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Keys that ask {@code ext_authz} in full mode, under so many limits, where there are so many
 * tiers.
 *
 * @param tiers in the configuration
 * @param limits that hold for each request: those of its tier, and those of key, user, project and
 *     organization
 */
record PolicyCase(int tiers, int limits) {
  /** There is room for all requests. */
  private static final long ROOM = 1_000_000_000;

  static final int FEW_TIERS = 10;

  /** The tier of whoever has one limit, and that of the others. */
  private static final int SINGLE = 1;

  private static final int ORDINARY = 3;

  /** One limit in a tier, as few as there can be, comes first: the others are compared with it. */
  static List<PolicyCase> all(int manyTiers) {
    return List.of(
        new PolicyCase(FEW_TIERS, 1),
        new PolicyCase(FEW_TIERS, ORDINARY),
        new PolicyCase(FEW_TIERS, 5),
        new PolicyCase(FEW_TIERS, 20),
        new PolicyCase(manyTiers, ORDINARY));
  }

  /** What its cost is compared with. */
  Optional<PolicyCase> base() {
    if (tiers > FEW_TIERS) {
      return Optional.of(new PolicyCase(FEW_TIERS, limits));
    }
    return limits == 1 ? Optional.empty() : Optional.of(new PolicyCase(tiers, 1));
  }

  String name() {
    return String.format(
        Locale.ROOT, "%d limit%s, %,d tiers", limits, limits == 1 ? "" : "s", tiers);
  }

  String id() {
    return "limits_%d_tiers_%d".formatted(limits, tiers);
  }

  String organization() {
    return "limits-" + limits;
  }

  String tier() {
    return limits == SINGLE ? "single" : "ordinary";
  }

  /** Those beside the tier's; each of another period, so that none shares a window. */
  List<OwnLimit> own() {
    return IntStream.range(0, limits == SINGLE ? 0 : limits - ORDINARY)
        .mapToObj(i -> new OwnLimit(new Rate(ROOM, Duration.ofMinutes(i + 1L)), Optional.empty()))
        .toList();
  }

  /** The two tiers that ask, and others of the same shape behind them. */
  static String sambastack(int tiers) {
    StringBuilder yaml = new StringBuilder("serviceTiers:\n");
    block(yaml, "single", 60);
    block(yaml, "ordinary", 60, 3_600, 86_400);
    for (int tier = 2; tier < tiers; tier++) {
      block(yaml, "tier-" + tier, 60, 3_600, 86_400);
    }
    return yaml.append(
            """
            bundles:
              bundleDeploymentSpecs:
              - name: simulated
                groups: [{name: default, minReplicas: 1, qosList: [bench]}]
            """)
        .toString();
  }

  private static void block(StringBuilder yaml, String tier, int... periods) {
    yaml.append("  ").append(tier).append(":\n");
    yaml.append("  - models: [")
        .append(GatewayStack.MODEL)
        .append("]\n    qos: bench\n    rates:\n");
    for (int period : periods) {
      yaml.append("    - {allowedRequests: %d, periodSeconds: %d}\n".formatted(ROOM, period));
    }
  }
}
