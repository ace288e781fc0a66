package dev.sluice.demo;

/** Counts the words of a prompt, one token each, and remembers what it says as one number. */
final class Prompt {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long seed = FNV_OFFSET;
  private int words;

  /** Adds a text; words do not run on from one text to the next. */
  void add(String text) {
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      seed = (seed ^ c) * FNV_PRIME;
      boolean blank = Character.isWhitespace(c);
      if (!blank && !inWord) {
        words++;
      }
      inWord = !blank;
    }
  }

  /** At least one, as no model runs on nothing. */
  int tokens() {
    return Math.max(1, words);
  }

  long seed() {
    return seed;
  }
}
