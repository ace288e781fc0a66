package dev.sluice.demo;

/** How a generation reaches the client. On the event loop only. */
sealed interface Answer permits WholeAnswer, StreamedAnswer {
  /**
   * Begins. The answer tells whom it was given to, once, how it ended, unless it was stopped;
   * before its last bytes go out, so that whoever has them finds the record written and the slot
   * free.
   */
  void start();

  /** Ends it: the client has left. */
  void stop();

  /** The tokens generated until now. */
  int generated();
}
