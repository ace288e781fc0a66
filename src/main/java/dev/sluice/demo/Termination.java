package dev.sluice.demo;

import java.util.concurrent.CountDownLatch;

/** The end of a command that runs until it is told to stop. */
final class Termination {
  private Termination() {}

  /**
   * Waits for SIGTERM or Ctrl-C, cleans up and ends the process with 0 instead of the signal's
   * number; when the thread is interrupted, cleans up and returns.
   */
  static void await(Runnable cleanUp) {
    Thread hook =
        new Thread(
            () -> {
              cleanUp.run();
              Runtime.getRuntime().halt(0);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException told) {
      Runtime.getRuntime().removeShutdownHook(hook);
      cleanUp.run();
    }
  }
}
