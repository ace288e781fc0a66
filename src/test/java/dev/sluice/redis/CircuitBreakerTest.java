package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CircuitBreakerTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final List<String> told = new ArrayList<>();
  private final CircuitBreaker breaker =
      new CircuitBreaker(
          nanos::get,
          new CircuitBreaker.Listener() {
            @Override
            public void opened() {
              told.add("opened");
            }

            @Override
            public void closed(long nanosOpen) {
              told.add("closed after " + nanosOpen / 1_000_000 + " ms");
            }
          });

  @Test
  void lostCallsInARowForAWhile_openItOnce() {
    lose(9);
    nanos.addAndGet(100_000_000);
    assertThat(breaker.allows()).isTrue();
    lose(5);
    assertThat(breaker.allows()).isFalse();
    assertThat(told).containsExactly("opened");
  }

  @Test
  void manyLostInOnePause_doNotOpenIt() {
    lose(1_000);
    nanos.addAndGet(99_000_000);
    lose(1_000);
    assertThat(breaker.allows()).isTrue();
    breaker.answered();
    nanos.addAndGet(1_000_000);
    lose(1);
    assertThat(breaker.allows()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void anAnswerInBetween_startsAnew() {
    lose(9);
    nanos.addAndGet(200_000_000);
    breaker.answered();
    lose(9);

    assertThat(breaker.allows()).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void open_letsAProbePassNowAndThen() {
    open();
    nanos.addAndGet(99_000_000);
    assertThat(breaker.allows()).isFalse();
    nanos.addAndGet(1_000_000);
    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.allows()).isFalse();
    breaker.lost();
    nanos.addAndGet(100_000_000);
    assertThat(breaker.allows()).isTrue();
  }

  @Test
  void open_anAnswerClosesIt() {
    open();
    nanos.addAndGet(250_000_000);
    breaker.answered();
    breaker.answered();

    assertThat(breaker.allows()).isTrue();
    lose(9);
    assertThat(breaker.allows()).isTrue();
    assertThat(told).containsExactly("opened", "closed after 250 ms");
  }

  private void open() {
    lose(9);
    nanos.addAndGet(100_000_000);
    lose(1);
  }

  private void lose(int times) {
    for (int i = 0; i < times; i++) {
      breaker.lost();
    }
  }
}
