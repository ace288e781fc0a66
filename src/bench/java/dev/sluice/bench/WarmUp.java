package dev.sluice.bench;

/** Lets the JIT compiler get used to a load; on a busy machine it needs longer. */
final class WarmUp {
  private static final int MOST = 5;
  private static final double STILL_COMPILING = 0.1;

  private WarmUp() {}

  /** Repeats a load while the compiler is still busy with the target. */
  static void of(EdgeTarget target, Runnable load) {
    for (int i = 0; i < MOST; i++) {
      Used before = Used.by(target);
      load.run();
      if (Used.by(target).since(before).compiling() < STILL_COMPILING) {
        break;
      }
    }
  }
}
