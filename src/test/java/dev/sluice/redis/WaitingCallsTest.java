package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Deadlines in virtual time. */
final class WaitingCallsTest {
  private static final long DEADLINE = Duration.ofMillis(100).toNanos();

  private final List<Timer> timers = new ArrayList<>();
  private final List<String> expired = new ArrayList<>();
  private Consumer<RedisCall<?>> heard = call -> {};
  private long now = Long.MAX_VALUE - 3; // a ticker may go round
  private final WaitingCalls calls =
      new WaitingCalls(
          DEADLINE,
          () -> now,
          (in, task) -> timers.add(new Timer(now + in, task)),
          call -> {
            expired.add(call.name());
            call.fail(new RedisUnavailable(RedisUnavailable.Outcome.TIMEOUT, call.name(), "late"));
            heard.accept(call);
          });

  private record Timer(long due, Runnable task) {}

  @Test
  void callWithoutAnswer_expiresAtItsDeadline_andTheAnsweredDoesNot() {
    calls.add(call("lost"));
    AwaitedCall<String> answered = call("answered");
    calls.add(answered);
    answered.succeed("x");

    pass(DEADLINE + DEADLINE / 2);

    assertThat(expired).containsExactly("lost");
    assertThat(timers).isEmpty();
  }

  @Test
  void whoeverHearsOfAnEnd_makesAnotherCall_thereIsOneTimerAllTheSame() {
    heard = call -> calls.add(call("again"));
    for (int i = 0; i < 50; i++) {
      calls.add(call("first"));
    }

    for (int round = 0; round < 20; round++) {
      pass(DEADLINE);
      assertThat(timers).hasSize(1);
    }
    assertThat(expired).hasSizeGreaterThan(50).endsWith("again");
  }

  @Test
  void timerThatIsLate_waitsALittleLonger_soThatWhatHasComeIsReadFirst() {
    AwaitedCall<String> call = call("slow");
    calls.add(call);
    now += 2 * DEADLINE;
    Timer timer = timers.remove(0);

    timer.task().run();
    assertThat(expired).isEmpty();
    call.succeed("it had come");
    pass(DEADLINE);

    assertThat(expired).isEmpty();
  }

  private AwaitedCall<String> call(String name) {
    return new AwaitedCall<>(name, 1, false, now);
  }

  private void pass(long nanos) {
    long until = now + nanos;
    while (true) {
      Timer next = timers.stream().min((a, b) -> Long.compare(a.due() - b.due(), 0)).orElse(null);
      if (next == null || next.due() - until > 0) {
        break;
      }
      timers.remove(next);
      now = next.due();
      next.task().run();
    }
    now = until;
  }
}
