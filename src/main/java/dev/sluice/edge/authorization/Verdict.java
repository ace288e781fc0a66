package dev.sluice.edge.authorization;

import dev.sluice.admission.Hold;
import dev.sluice.edge.Answer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an edge is told of a request. */
public sealed interface Verdict {
  /**
   * What the decision was, for the edge's logs, routes and other filters: {@code decision}, {@code
   * request_id}, and as far as they are known {@code organization}, {@code project}, {@code user},
   * {@code key}, {@code tier}, {@code qos}, {@code model}.
   */
  Map<String, String> facts();

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
      Map<String, String> facts,
      Optional<Hold> charged)
      implements Verdict {
    public Allowed {
      requestHeaders = inOrder(requestHeaders);
      responseHeaders = inOrder(responseHeaders);
      facts = inOrder(facts);
    }
  }

  /** The client is to be answered so. */
  record Denied(Answer answer, Map<String, String> facts) implements Verdict {
    public Denied {
      facts = inOrder(facts);
    }
  }

  private static Map<String, String> inOrder(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
