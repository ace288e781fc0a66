package dev.sluice.edge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Rate;
import java.time.Duration;

/** How a limit stands, as JSON for those who run Sluice; clients read headers. */
public final class LimitJson {
  private LimitJson() {}

  /**
   * Adds {@code scope}, {@code id}, {@code per} ({@code endUser}) where each of them is counted
   * separately, {@code shadow} where it is only looked at, {@code model}, {@code block} or {@code
   * tier} where it counts only these, {@code type} (requests, concurrency, or endUsers), {@code
   * limit}, {@code used}, {@code remaining}; of a rate also {@code periodSeconds} and {@code
   * resetSeconds}; and {@code retryAfterSeconds} unless it never has room.
   */
  public static void write(EvaluatedLimit evaluated, ObjectNode json) {
    write(evaluated.limit(), json);
    if (evaluated.limit().limit() instanceof Rate) {
      json.put("resetSeconds", seconds(evaluated.reset()));
    }
    json.put("used", evaluated.used());
    json.put("remaining", evaluated.remaining());
    evaluated.retryAfter().ifPresent(wait -> json.put("retryAfterSeconds", seconds(wait)));
  }

  /** Adds what it is, where nobody knows how it stands; and this replica's share of it. */
  public static void write(Refusal.ShareExceeded refusal, ObjectNode json) {
    write(refusal.limit(), json);
    json.put("share", refusal.share());
    json.put("retryAfterSeconds", seconds(refusal.retryAfter()));
  }

  private static void write(ScopedLimit limit, ObjectNode json) {
    Scope scope = limit.scope();
    json.put("scope", scope.level().label());
    json.put("id", scope.id());
    if (scope.endUser().isPresent()) {
      json.put("per", "endUser");
    }
    if (limit.shadow()) {
      json.put("shadow", true);
    }
    if (scope.part() instanceof Scope.Part.OfModel one) {
      json.put("model", one.model());
    } else if (scope.part() instanceof Scope.Part.OfBlock one) {
      json.put("tier", one.tier());
      json.put("block", one.block());
    } else if (scope.part() instanceof Scope.Part.OfTier one) {
      json.put("tier", one.tier());
    }
    if (limit.limit() instanceof Rate rate) {
      json.put("type", "requests");
      json.put("limit", rate.allowed());
      json.put("periodSeconds", rate.period().toSeconds());
    } else {
      boolean endUsers = limit.limit() instanceof EndUsers;
      json.put("type", endUsers ? "endUsers" : "concurrency");
      json.put("limit", limit.limit().allowed());
    }
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }
}
