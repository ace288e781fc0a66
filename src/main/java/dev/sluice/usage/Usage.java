package dev.sluice.usage;

/** The tokens of one request, as its backend reported them. */
public record Usage(long promptTokens, long completionTokens) {
  public Usage {
    if (promptTokens < 0 || completionTokens < 0) {
      throw new IllegalArgumentException("tokens must be 0 or more");
    }
  }
}
