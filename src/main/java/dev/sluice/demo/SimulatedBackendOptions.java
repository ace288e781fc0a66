package dev.sluice.demo;

import java.time.Duration;
import java.util.List;

/**
 * What a simulated backend serves, and how fast.
 *
 * @param name shown by {@code /health} and as {@code system_fingerprint} of each completion
 * @param models the models it knows; any other is not found
 * @param slots how many requests it runs at a time
 * @param timeToFirstToken from the start of a generation to its first token
 * @param tokensPerSecond of each request, all its choices together; 0 is as fast as possible
 * @param completionTokens how long each choice is, unless the request bounds it further
 * @param maxBodyBytes a longer request body is refused with 413
 * @param maxWaiting when so many requests wait for a slot, the next is refused with 503
 */
public record SimulatedBackendOptions(
    String name,
    List<String> models,
    int slots,
    Duration timeToFirstToken,
    double tokensPerSecond,
    int completionTokens,
    int maxBodyBytes,
    int maxWaiting) {

  public SimulatedBackendOptions {
    models = List.copyOf(models);
    require(!name.isBlank(), "a backend needs a name");
    require(!models.isEmpty(), "a backend needs at least one model");
    require(models.stream().noneMatch(String::isBlank), "the name of a model is not blank");
    require(slots >= 1, "a backend needs at least one slot: " + slots);
    require(
        !timeToFirstToken.isNegative(),
        "the time to first token is not negative: " + timeToFirstToken);
    require(
        tokensPerSecond >= 0 && Double.isFinite(tokensPerSecond),
        "tokens per second is 0 (as fast as possible) or more: " + tokensPerSecond);
    require(
        completionTokens >= 1 && completionTokens <= Completion.MAX_TOKENS,
        "completion tokens is 1 to " + Completion.MAX_TOKENS + ": " + completionTokens);
    require(maxBodyBytes >= 1, "the bound of a body is at least one byte: " + maxBodyBytes);
    require(maxWaiting >= 0, "the bound of those that wait is not negative: " + maxWaiting);
  }

  /**
   * A backend that answers at once: 16 slots, 16 tokens, no delays, bodies up to 32 MiB, 10,000
   * waiting.
   */
  public static SimulatedBackendOptions of(String name, List<String> models) {
    return new SimulatedBackendOptions(name, models, 16, Duration.ZERO, 0, 16, 32 << 20, 10_000);
  }

  /** The same with other slots. */
  public SimulatedBackendOptions withSlots(int slots) {
    return new SimulatedBackendOptions(
        name,
        models,
        slots,
        timeToFirstToken,
        tokensPerSecond,
        completionTokens,
        maxBodyBytes,
        maxWaiting);
  }

  /** The same at another pace. */
  public SimulatedBackendOptions withPace(Duration timeToFirstToken, double tokensPerSecond) {
    return new SimulatedBackendOptions(
        name,
        models,
        slots,
        timeToFirstToken,
        tokensPerSecond,
        completionTokens,
        maxBodyBytes,
        maxWaiting);
  }

  /** The same with choices of another length. */
  public SimulatedBackendOptions withCompletionTokens(int completionTokens) {
    return new SimulatedBackendOptions(
        name,
        models,
        slots,
        timeToFirstToken,
        tokensPerSecond,
        completionTokens,
        maxBodyBytes,
        maxWaiting);
  }

  /** The same with other bounds. */
  public SimulatedBackendOptions withBounds(int maxBodyBytes, int maxWaiting) {
    return new SimulatedBackendOptions(
        name,
        models,
        slots,
        timeToFirstToken,
        tokensPerSecond,
        completionTokens,
        maxBodyBytes,
        maxWaiting);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
