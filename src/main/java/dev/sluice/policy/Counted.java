package dev.sluice.policy;

/** Numbers with what they count, as people write them: {@code 1 request}, {@code 2 requests}. */
public final class Counted {
  private Counted() {}

  /**
   * Of a noun that takes an s.
   *
   * @param singular as {@code request}
   */
  public static String of(long number, String singular) {
    return number + " " + singular + (number == 1 ? "" : "s");
  }
}
