package dev.sluice.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The limits that a record has of its own; every one of them applies.
 *
 * @param all at most {@value #MOST}, in one order, so that equal ones are written alike; no two
 *     rates of one period, and no two concurrencies, for the same model, unless one of them is in
 *     shadow, or per end user
 */
public record OwnLimits(List<OwnLimit> all) {
  /** A bound for what every decision about the record carries along. */
  public static final int MOST = 20;

  public static final OwnLimits NONE = new OwnLimits(List.of());

  public OwnLimits {
    if (all.size() > MOST) {
      throw new IllegalArgumentException("there may be " + MOST + ", not " + all.size());
    }
    all = all.stream().sorted().toList();
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i - 1).compareTo(all.get(i)) == 0) {
        throw new IllegalArgumentException(
            "%s and %s limit the same: remove one".formatted(all.get(i - 1), all.get(i)));
      }
    }
  }

  public static OwnLimits of(OwnLimit... limits) {
    return new OwnLimits(List.of(limits));
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * How many end users may be counted at a time: of the limits that are enforced, and of those in
   * shadow, as far as any of them counts end users.
   *
   * @param applying those that hold for a request
   */
  public List<EndUsers> endUsers(Predicate<OwnLimit> applying) {
    return Stream.of(false, true).flatMap(shadow -> endUsers(applying, shadow).stream()).toList();
  }

  private Optional<EndUsers> endUsers(Predicate<OwnLimit> applying, boolean shadow) {
    List<OwnLimit> perEndUser =
        all.stream().filter(one -> one.perEndUser() && one.limit().shadow() == shadow).toList();
    // Of all of them: whichever holds for the next request, it is of the same end users.
    return perEndUser.stream()
        .map(OwnLimit::period)
        .max(Comparator.naturalOrder())
        .filter(longest -> perEndUser.stream().anyMatch(applying))
        .map(longest -> new EndUsers(EndUsers.MOST, longest, shadow));
  }

  /** The models that single limits are for. */
  public List<String> models() {
    return all.stream().map(OwnLimit::model).flatMap(Optional::stream).distinct().toList();
  }

  /** As the command line takes them; {@code none} for none. */
  @Override
  public String toString() {
    return isEmpty() ? LimitText.NONE : String.join(" ", all.stream().map(LimitText::of).toList());
  }
}
