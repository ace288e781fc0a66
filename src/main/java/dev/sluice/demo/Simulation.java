package dev.sluice.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What the {@code x-simulate} header of a request asks for.
 *
 * @param delay before anything is answered, and before a slot is taken
 * @param timeToFirstToken instead of the backend's
 * @param tokens the length of each choice instead of the backend's
 * @param status of the error to answer
 * @param drop close the connection without an answer
 * @param cut close the connection after so many tokens
 */
record Simulation(
    Duration delay,
    Optional<Duration> timeToFirstToken,
    OptionalInt tokens,
    OptionalInt status,
    boolean drop,
    OptionalInt cut) {
  static final Simulation NONE =
      new Simulation(
          Duration.ZERO,
          Optional.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          false,
          OptionalInt.empty());

  private static final Pattern LIST = Pattern.compile("\\s*,\\s*");

  /**
   * Reads the values of all {@code x-simulate} headers of a request.
   *
   * @throws Rejection that says what is expected
   */
  static Simulation parse(List<String> headers) throws Rejection {
    Simulation simulation = NONE;
    for (String header : headers) {
      for (String item : LIST.split(header.strip(), -1)) {
        try {
          simulation = simulation.with(item);
        } catch (IllegalArgumentException wrong) {
          throw new Rejection(
              ApiError.invalid("x-simulate: " + wrong.getMessage() + ".", "x-simulate"));
        }
      }
    }
    return simulation;
  }

  private Simulation with(String item) {
    int equals = item.indexOf('=');
    String name = equals < 0 ? item : item.substring(0, equals);
    String value = equals < 0 ? "" : item.substring(equals + 1);
    return switch (name) {
      case "delay" ->
          new Simulation(DurationText.parse(value), timeToFirstToken, tokens, status, drop, cut);
      case "ttft" ->
          new Simulation(delay, Optional.of(DurationText.parse(value)), tokens, status, drop, cut);
      case "tokens" ->
          new Simulation(
              delay, timeToFirstToken, number(item, 1, Completion.MAX_TOKENS), status, drop, cut);
      case "status" ->
          new Simulation(delay, timeToFirstToken, tokens, number(item, 400, 599), drop, cut);
      case "drop" -> {
        if (equals >= 0) {
          throw new IllegalArgumentException("drop takes no value, but got '" + item + "'");
        }
        yield new Simulation(delay, timeToFirstToken, tokens, status, true, cut);
      }
      case "cut" ->
          new Simulation(
              delay,
              timeToFirstToken,
              tokens,
              status,
              drop,
              number(item, 0, Completion.MAX_TOKENS));
      default ->
          throw new IllegalArgumentException(
              "expected a list of delay=500ms, ttft=500ms, tokens=200, status=503, drop, cut=5,"
                  + " but got '"
                  + item
                  + "'");
    };
  }

  private static OptionalInt number(String item, int min, int max) {
    int equals = item.indexOf('=');
    try {
      int number = Integer.parseInt(item.substring(equals + 1));
      if (number >= min && number <= max) {
        return OptionalInt.of(number);
      }
    } catch (NumberFormatException notANumber) {
      // Said below.
    }
    String name = equals < 0 ? item : item.substring(0, equals);
    throw new IllegalArgumentException(
        "expected " + name + "=" + min + " to " + max + ", but got '" + item + "'");
  }
}
