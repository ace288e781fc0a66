package dev.sluice.commandline;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values in one option, with commas between them. */
final class Listed {
  private Listed() {}

  /** The texts; empty when the option was not given, none when it was and is empty. */
  static Optional<Set<String>> texts(@Nullable String list) {
    return of(list, Function.identity());
  }

  /** The values; empty when the option was not given, none when it was and is empty. */
  static <T> Optional<Set<T>> of(@Nullable String list, Function<String, T> item) {
    return Optional.ofNullable(list)
        .map(
            text ->
                Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(one -> !one.isEmpty())
                    .map(item)
                    .collect(Collectors.toUnmodifiableSet()));
  }
}
