package dev.sluice.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What was measured of each case in each round. A ratio is taken within each round. */
record ByRound<C, M extends ByRound.Of<C>>(int rounds, List<M> measured) {
  /** One case in one round. */
  interface Of<C> {
    int round();

    C asked();
  }

  Spread spread(C asked, ToDoubleFunction<M> figure) {
    return Spread.of(all().mapToDouble(round -> figure.applyAsDouble(one(round, asked))));
  }

  Spread ratio(C asked, C to, ToDoubleFunction<M> figure) {
    return Spread.of(
        all()
            .mapToDouble(
                round ->
                    figure.applyAsDouble(one(round, asked))
                        / figure.applyAsDouble(one(round, to))));
  }

  private IntStream all() {
    return IntStream.rangeClosed(1, rounds);
  }

  private M one(int round, C asked) {
    return measured.stream()
        .filter(m -> m.round() == round && m.asked().equals(asked))
        .findFirst()
        .orElseThrow();
  }
}
