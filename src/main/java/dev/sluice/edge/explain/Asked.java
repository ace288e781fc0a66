package dev.sluice.edge.explain;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeySecret;
import dev.sluice.account.Names;
import dev.sluice.admission.Demand;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.Origin;
import dev.sluice.admission.Question;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is asked about a key and a model, as people write it.
 *
 * @param at when: a time such as 2026-12-01T06:00:00Z
 * @param from the address that the request would come from
 * @param batch choices, prompts or inputs
 * @param outputTokens of each choice
 * @param endUser by the name that a request would give in {@code safety_identifier}
 * @param endsIn the last four characters of the key's text: of the one in use, or the one before
 */
public record Asked(
    Optional<String> at,
    Optional<String> from,
    Optional<String> batch,
    Optional<String> outputTokens,
    Optional<String> endUser,
    Optional<String> endsIn) {
  /** Windows are computed in numbers that are exact until then, and long after. */
  private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private static final Pattern AMOUNT = Pattern.compile("[1-9][0-9]{0,17}");

  /** A question that cannot be understood. */
  public static final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotUnderstood(String field, String expected) {
      super(field + ": expected " + expected);
    }
  }

  /**
   * Asks it about a key and a model.
   *
   * @throws NotUnderstood by the field's name, with what was expected
   */
  public Question about(Caller caller, String model) {
    return new Question(
        caller,
        presented(caller.key()),
        model,
        new Demand(
            amount("batch", "n", batch),
            amount("outputTokens", "max_tokens", outputTokens),
            Optional.of(endUser.map(EndUser::named).orElse(EndUser.UNNAMED))),
        from.map(Asked::address),
        at.map(Asked::time));
  }

  private KeySecret presented(ApiKey key) {
    Optional<KeySecret> before = key.previous().map(ApiKey.Previous::secret);
    if (endsIn.isEmpty() || endsIn.get().equals(key.secret().lastFour())) {
      return key.secret();
    }
    return before
        .filter(secret -> endsIn.get().equals(secret.lastFour()))
        .orElseThrow(
            () ->
                new NotUnderstood(
                    "endsIn",
                    "%s%s; this key has no other text"
                        .formatted(
                            key.secret().lastFour(),
                            before.map(secret -> " or " + secret.lastFour()).orElse(""))));
  }

  private static Optional<Demand.Amount> amount(
      String field, String inBody, Optional<String> text) {
    return text.map(
        number -> {
          if (!AMOUNT.matcher(number).matches()) {
            throw new NotUnderstood(field, "a whole number of 1 or more" + found(number));
          }
          return new Demand.Amount(inBody, Long.parseLong(number));
        });
  }

  private static Origin.Address address(String text) {
    if (Origin.of(Optional.of(text)) instanceof Origin.Address address) {
      return address;
    }
    throw new NotUnderstood("from", "an address such as 10.0.0.1 or 2001:db8::1" + found(text));
  }

  private static Instant time(String text) {
    try {
      Instant time = Instant.parse(text);
      if (time.isBefore(LATEST) && time.isAfter(Instant.EPOCH)) {
        return time;
      }
    } catch (DateTimeParseException e) {
      // As the one below.
    }
    throw new NotUnderstood(
        "at", "a time such as 2026-12-01T06:00:00Z, from 1970 to 2099" + found(text));
  }

  private static String found(String text) {
    return ", found \"" + Names.shown(text) + "\"";
  }
}
