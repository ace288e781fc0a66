package dev.sluice.edge;

import dev.sluice.account.Caller;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was decided about whom, for the edge's logs, routes and other filters, and for our own.
 *
 * @param decision {@code known}, {@code admitted}, {@code public}, {@code preflight}, {@code
 *     disconnected}, {@code stopped}, or why it was refused
 * @param wouldRefuse the reason of what would have refused it, if it were not in shadow
 */
public record Facts(
    String requestId,
    String decision,
    Optional<Caller> caller,
    Optional<String> model,
    Optional<String> qos,
    Optional<String> wouldRefuse) {

  /** Of which nothing in shadow has anything to say. */
  public Facts(
      String requestId,
      String decision,
      Optional<Caller> caller,
      Optional<String> model,
      Optional<String> qos) {
    this(requestId, decision, caller, model, qos, Optional.empty());
  }

  /**
   * {@code decision}, {@code request_id}, and as far as they are known {@code organization}, {@code
   * project}, {@code user}, {@code key}, {@code tier}, {@code model}, {@code qos}, {@code
   * would_refuse}.
   */
  public Map<String, String> byName() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("decision", decision);
    facts.put("request_id", requestId);
    caller.ifPresent(
        who -> {
          facts.put("organization", who.organization().id());
          facts.put("project", who.project().id());
          facts.put("user", who.user().id());
          facts.put("key", who.key().id());
          facts.put("tier", who.tier());
        });
    model.ifPresent(name -> facts.put("model", name));
    qos.ifPresent(label -> facts.put("qos", label));
    wouldRefuse.ifPresent(reason -> facts.put("would_refuse", reason));
    return facts;
  }
}
