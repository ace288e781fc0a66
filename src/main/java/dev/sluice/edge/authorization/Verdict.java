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

  /** The request may not go on, and its client is to be told so. */
  sealed interface Answered extends Verdict {
    /** What the client is told. */
    Answer answer();
  }

  /** It was decided so. */
  record Denied(Answer answer, Facts facts) implements Answered {}

  /** There was nothing to decide: the request is malformed. */
  record Malformed(Answer answer, Facts facts) implements Answered {}

  private static Map<String, String> inOrder(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
