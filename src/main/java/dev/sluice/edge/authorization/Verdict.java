package dev.sluice.edge.authorization;

import dev.sluice.admission.Hold;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Answer;
import dev.sluice.edge.Facts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an edge is told of a request. */
public sealed interface Verdict {
  /** What was decided about whom. */
  Facts facts();

  /** The same, with more headers for the client. */
  Verdict telling(Map<String, String> more);

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

    @Override
    public Verdict telling(Map<String, String> more) {
      if (more.isEmpty()) {
        return this;
      }
      Map<String, String> all = new LinkedHashMap<>(responseHeaders);
      all.putAll(more);
      return new Allowed(requestHeaders, all, facts, charged);
    }
  }

  /** The request may not go on, and its client is to be told so. */
  sealed interface Answered extends Verdict {
    /** What the client is told. */
    Answer answer();
  }

  /** It was decided so. */
  record Denied(Refusal refusal, Answer answer, Facts facts) implements Answered {
    @Override
    public Verdict telling(Map<String, String> more) {
      return more.isEmpty() ? this : new Denied(refusal, answer.with(more), facts);
    }
  }

  /** There was nothing to decide: the request is malformed. */
  record Malformed(Answer answer, Facts facts) implements Answered {
    @Override
    public Verdict telling(Map<String, String> more) {
      return more.isEmpty() ? this : new Malformed(answer.with(more), facts);
    }
  }

  private static Map<String, String> inOrder(Map<String, String> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
