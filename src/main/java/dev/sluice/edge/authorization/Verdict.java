package dev.sluice.edge.authorization;

import dev.sluice.admission.Hold;
import dev.sluice.edge.Answer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an edge is told of a request. */
public sealed interface Verdict {
  /** What was decided about whom. */
  Facts facts();

  /**
   * The request may go on.
   *
   * @param requestHeaders for the upstream, in place of what the client sent by these names
   * @param responseHeaders to add to the response
   * @param charged what was counted for it
   */
  record Allowed(
      Map<String, String> requestHeaders,
      Map<String, String> responseHeaders,
      Facts facts,
      Optional<Hold> charged)
      implements Verdict {
    public Allowed {
      requestHeaders = inOrder(requestHeaders);
      responseHeaders = inOrder(responseHeaders);
    }
  }

  /** The client is to be answered so. */
  record Denied(Answer answer, Facts facts) implements Verdict {}

  /** There was nothing to decide: the request is malformed, and its client to be told so. */
  record Malformed(Answer answer, Facts facts) implements Verdict {}

  private static Map<String, String> inOrder(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
