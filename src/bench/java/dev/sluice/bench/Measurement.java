package dev.sluice.bench;

/**
 * One case in one round.
 *
 * @param <C> what was asked, and of whom
 */
interface Measurement<C> {
  int round();

  C asked();

  Requests requests();

  Used used();

  /** Of the target's process, for each request. */
  default double cpuMicros() {
    return Cpu.micros(used().cpu(), requests().answered());
  }

  /** Of its Redis, for each request. */
  default double redisMicros() {
    return Cpu.micros(used().redis(), requests().answered());
  }
}
