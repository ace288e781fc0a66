package dev.sluice.bench;

import dev.sluice.bench.Outage.Answer;
import dev.sluice.bench.Outage.Kind;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Notes what requests were answered. Confined to one thread until the last is. */
final class OutageAnswers implements GrpcRate.Listener<RateLimitResponse> {
  private final List<Answer> answers = new ArrayList<>();

  @Override
  public void answered(long due, RateLimitResponse answer, Optional<String> wrong) {
    if (answer.getOverallCode() == Code.OVER_LIMIT) {
      note(due, Kind.OVER_LIMIT);
    } else {
      note(due, wrong.isEmpty() ? Kind.COUNTED : Kind.PASSED_UNCOUNTED);
    }
  }

  @Override
  public void failed(long due, Throwable failure) {
    note(due, Kind.ERROR);
  }

  private void note(long due, Kind kind) {
    answers.add(new Answer(due, System.nanoTime() - due, kind));
  }

  List<Answer> all() {
    return List.copyOf(answers);
  }
}
