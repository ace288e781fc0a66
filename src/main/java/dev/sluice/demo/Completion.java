package dev.sluice.demo;

/**
 * What is generated for a request: known before it begins.
 *
 * @param fingerprint the name of the backend
 * @param tokensPerChoice the length of each choice
 * @param finishReason {@code stop}, or {@code length} when the request bounded it
 */
record Completion(
    String id, String fingerprint, ChatRequest request, int tokensPerChoice, String finishReason) {
  /** Of one request, all its choices together: what one answer may hold in memory. */
  static final int MAX_TOKENS = 1_000_000;

  private static final String[] WORDS = {
    "the", "a", "one", "this", "river", "gate", "water", "basin", "stone", "lock", "boat", "bank",
    "mill", "bridge", "field", "valley", "flows", "opens", "waits", "turns", "rises", "falls",
    "holds", "passes", "slow", "clear", "deep", "narrow", "steady", "early", "under", "over",
    "through", "beside", "before", "after", "and", "while", "then", "again"
  };

  /**
   * @param length of each choice, if the request does not bound it further
   */
  static Completion of(String id, String fingerprint, ChatRequest request, int length)
      throws Rejection {
    int bounded = Math.min(length, request.maxTokens().orElse(length));
    if ((long) bounded * request.choices() > MAX_TOKENS) {
      throw new Rejection(
          ApiError.invalid(
              "'n' choices of " + bounded + " tokens are more than " + MAX_TOKENS + " tokens.",
              "n"));
    }
    return new Completion(id, fingerprint, request, bounded, bounded < length ? "length" : "stop");
  }

  /** The tokens of all choices. */
  int tokens() {
    return tokensPerChoice * request.choices();
  }

  /**
   * One token: a word of lower case letters, with a blank before it unless it is the first. The
   * same prompt gives the same words.
   */
  String token(int choice, int position) {
    long mixed = request.seed() + choice * 0x9e3779b97f4a7c15L + position * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 30)) * 0x94d049bb133111ebL;
    String word = WORDS[(int) Long.remainderUnsigned(mixed ^ (mixed >>> 31), WORDS.length)];
    return position == 0 ? word : " " + word;
  }

  /** The first tokens of a choice. */
  String text(int choice, int tokens) {
    StringBuilder text = new StringBuilder();
    for (int position = 0; position < tokens; position++) {
      text.append(token(choice, position));
    }
    return text.toString();
  }
}
