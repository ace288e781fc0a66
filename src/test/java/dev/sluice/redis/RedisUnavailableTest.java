package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.StoreFailure;
import dev.sluice.redis.RedisUnavailable.Outcome;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a call that failed. */
final class RedisUnavailableTest {
  @ParameterizedTest
  @CsvSource({
    "TIMEOUT, no answer within 150 ms, true, true, true",
    "NOT_SENT, earlier calls are not answered, false, false, true",
    "DISCONNECTED, the connection was closed, true, true, true",
    "REFUSED, OOM command not allowed when used memory > 'maxmemory', true, false, true",
    "REFUSED, READONLY You can't write against a read only replica, true, false, true",
    "REFUSED, NOPERM User has no permissions to run 'zadd', true, true, true",
    "ERROR, 100 calls are in flight, false, false, true",
    "ERROR, WRONGTYPE Operation against a key, true, true, false",
    "ERROR, ERR user_script:12: attempt to index nil, true, true, false",
    "ERROR, MOVED 1234 10.0.0.1:6379, true, true, true",
  })
  void failure_byWhatRedisSaid_mayHaveCounted_andIsAnOutage(
      Outcome outcome, String why, boolean sent, boolean mayHaveArrived, boolean away) {
    Throwable failure = new CompletionException(new RedisUnavailable(outcome, "admit", why, sent));

    assertThat(RedisUnavailable.mayHaveArrived(failure)).isEqualTo(mayHaveArrived);
    assertThat(StoreFailure.isAway(failure)).isEqualTo(away);
  }
}
