package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.LongRange;

/** Statistics of many hits at once, against each hit by itself. */
final class HitCountsProperties {
  @Property
  void counted_anyHits_eachIsNearOrOverByItsOwnValue(
      @ForAll @LongRange(min = 0, max = 20) long hits,
      @ForAll @LongRange(min = 0, max = 40) long before,
      @ForAll @LongRange(min = 0, max = 40) long limit,
      @ForAll @FloatRange(min = 0, max = 1) float ratio,
      @ForAll boolean shadow) {
    long near =
        new RateLimitOptions("", false, false, ratio, false, OutageAnswer.ERROR)
            .nearThreshold(limit);
    long over = LongStream.rangeClosed(before + 1, before + hits).filter(v -> v > limit).count();
    long close =
        LongStream.rangeClosed(before + 1, before + hits)
            .filter(v -> v > near && v <= limit)
            .count();

    HitCounts counts = HitCounts.counted(hits, before + hits, limit, near, shadow);

    assertThat(counts)
        .isEqualTo(
            new HitCounts(
                hits, before + hits > limit ? 0 : hits, close, over, 0, shadow ? over : 0));
  }
}
