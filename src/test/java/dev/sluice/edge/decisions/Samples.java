package dev.sluice.edge.decisions;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Decided;
import dev.sluice.edge.Facts;
import dev.sluice.edge.Refusals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Decisions to be written down. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final KeyText TEXT = KeyText.generate("acme", new Random(1));

  private static final Refusals REFUSALS =
      new Refusals(503, InstantSource.fixed(NOW), new Random(1));

  private Samples() {}

  static Decided admitted(String requestId) {
    return new Decided(
        NOW,
        "gateway",
        new Facts(
            requestId, "admitted", Optional.of(caller()), Optional.of("small"), Optional.of("web")),
        Optional.empty(),
        Optional.of(Duration.ofNanos(1_234_567)));
  }

  static Decided refused(String requestId, Refusal why, Optional<Caller> caller, String model) {
    return new Decided(
        NOW,
        "auth",
        new Facts(requestId, why.reason(), caller, Optional.of(model), Optional.empty()),
        Optional.of(
            new Decided.Refused(
                why, REFUSALS.answer(new Decision.Refused(why, caller, List.of()), requestId))),
        Optional.empty());
  }

  static Decided refused(String requestId) {
    return refused(requestId, new Refusal.ModelNotFound("nope"), Optional.of(caller()), "nope");
  }

  static Caller caller() {
    return new Caller(
        new Organization("acme", "Acme", Optional.empty()),
        new Project("acme", "p", "P", Optional.empty()),
        new User("acme", "u", "U", Role.DEVELOPER, Optional.of("web")),
        ApiKey.issued(TEXT, "p", "u", KeyTerms.named("key"), NOW),
        1);
  }
}
