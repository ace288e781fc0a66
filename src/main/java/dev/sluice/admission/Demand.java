package dev.sluice.admission;

import java.util.Optional;

/**
 * How much a request asks for, and for whom, as far as its door can see it.
 *
 * @param batch choices, prompts or inputs; empty when the request asks for one, or the door does
 *     not see its body
 * @param outputTokens of each choice; empty when the request does not bound them, or the door does
 *     not see its body
 * @param endUser empty when the door does not see its body
 */
public record Demand(
    Optional<Amount> batch, Optional<Amount> outputTokens, Optional<EndUser> endUser) {
  public static final Demand UNKNOWN =
      new Demand(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * An amount, and the field of the request's body that says it.
   *
   * @param value of Long.MAX_VALUE stands for that and all that is more
   */
  public record Amount(String field, long value) {}
}
