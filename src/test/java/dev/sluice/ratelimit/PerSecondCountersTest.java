package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PerSecondCountersTest {
  private final CountersInMemory perSecond = new CountersInMemory();
  private final CountersInMemory others = new CountersInMemory();

  @ParameterizedTest(name = "periods {0}: counts {1}, per second {2}")
  @CsvSource({
    "1, 100, 1",
    "60, 1000, 0",
    "1 60 1 3600, 100 1000 101 1001, 2",
    "60 2 1, 1000 1001 100, 1",
    "1 1, 100 101, 2"
  })
  void count_limitsPerSecond_areElsewhere(String periods, String counts, int first) {
    perSecond.values.put("k", 99L);
    others.values.put("k", 999L);

    Counts counted =
        new PerSecondCounters(perSecond, others).count(hits(periods)).toCompletableFuture().join();

    assertThat(IntStream.range(0, counted.size()).mapToObj(counted::value))
        .containsExactlyElementsOf(Arrays.stream(counts.split(" ")).map(Long::valueOf).toList());
    assertThat(perSecond.asked).hasSize(first);
  }

  private static List<Hits> hits(String periods) {
    return Arrays.stream(periods.split(" "))
        .map(Integer::valueOf)
        .map(seconds -> new Hits("k", 1, new Limit(5, seconds, Algorithm.FIXED, "")))
        .toList();
  }
}
