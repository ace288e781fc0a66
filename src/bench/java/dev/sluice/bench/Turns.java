package dev.sluice.bench;

/** Whose turn it is, of so many. Confined to one thread. */
final class Turns {
  private final int count;
  private int next;

  Turns(int count) {
    this.count = count;
  }

  int next() {
    int turn = next;
    next = next + 1 == count ? 0 : next + 1;
    return turn;
  }
}
