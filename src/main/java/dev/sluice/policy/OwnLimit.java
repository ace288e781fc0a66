package dev.sluice.policy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;

/**
 * A limit that an organization, project, user or key has of its own, beside those of its tier.
 *
 * @param limit a rate is of at most {@value #MOST_REQUESTS} requests and a period of whole seconds
 * @param model the one model that it is for; empty: all models together
 * @param perEndUser whether each end user of the record is counted separately
 */
public record OwnLimit(Limit limit, Optional<String> model, boolean perEndUser)
    implements Comparable<OwnLimit> {
  /** A bound that stays an integer in every format that a record goes through. */
  public static final long MOST_REQUESTS = 1_000_000_000_000L;

  /**
   * All models before single ones, all end users before each of them, rates before concurrency,
   * short periods before long ones, what is enforced before what is in shadow.
   */
  private static final Comparator<OwnLimit> ORDER =
      Comparator.comparing((OwnLimit one) -> one.model().orElse(""))
          .thenComparing(OwnLimit::perEndUser)
          .thenComparing(one -> one.limit() instanceof Concurrency)
          .thenComparing(OwnLimit::period)
          .thenComparing(one -> one.limit().shadow());

  public OwnLimit {
    if (limit instanceof EndUsers) {
      throw new IllegalArgumentException("a limit of a record's own is a rate or a concurrency");
    }
    if (limit instanceof Rate rate) {
      if (rate.allowedRequests() > MOST_REQUESTS) {
        throw new IllegalArgumentException(
            "allowedRequests must be 0 to " + MOST_REQUESTS + ", not " + rate.allowedRequests());
      }
      if (!rate.period().truncatedTo(ChronoUnit.SECONDS).equals(rate.period())) {
        throw new IllegalArgumentException(
            "a period must be of whole seconds, not " + LimitText.period(rate.period()));
      }
    }
    if (model.isPresent() && model.get().isBlank()) {
      throw new IllegalArgumentException("the model of a limit is empty");
    }
  }

  /** One of all end users together. */
  public OwnLimit(Limit limit, Optional<String> model) {
    this(limit, model, false);
  }

  /** Whether it counts requests for a model. */
  public boolean concerns(String requested) {
    return model.isEmpty() || model.get().equals(requested);
  }

  @Override
  public int compareTo(OwnLimit other) {
    return ORDER.compare(this, other);
  }

  /** As {@link LimitText} writes it. */
  @Override
  public String toString() {
    return LimitText.of(this);
  }

  /** Of a rate; zero of a concurrency. */
  Duration period() {
    return limit instanceof Rate rate ? rate.period() : Duration.ZERO;
  }
}
