package dev.sluice.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What was measured of each case in each round. A ratio is taken within each round. */
record ByRound<C, M extends Measurement<C>>(int rounds, List<M> measured) {
  Spread spread(C asked, ToDoubleFunction<M> figure) {
    return spread(round -> figure.applyAsDouble(one(round, asked)));
  }

  Spread ratio(C asked, C to, ToDoubleFunction<M> figure) {
    return spread(
        round -> figure.applyAsDouble(one(round, asked)) / figure.applyAsDouble(one(round, to)));
  }

  /** Of what is made of a round. */
  Spread spread(IntToDoubleFunction figure) {
    return Spread.of(IntStream.rangeClosed(1, rounds).mapToDouble(figure));
  }

  M one(int round, C asked) {
    return measured.stream()
        .filter(m -> m.round() == round && m.asked().equals(asked))
        .findFirst()
        .orElseThrow();
  }

  /** All that were measured. */
  long requests() {
    return measured.stream().mapToLong(m -> m.requests().answered()).sum();
  }

  /**
   * What the figures are, for people.
   *
   * @param time of each measurement
   */
  String summary(Duration time) {
    return "Medians of %d rounds of %s s each (least – most); %d requests, all answered as expected"
        .formatted(rounds, time.toMillis() / 1e3, requests());
  }
}
