package dev.sluice.bench;

import java.time.Duration;
import java.util.Optional;

/**
 * Processor time that a target has used; none of what is not known.
 *
 * @param cpu of its process
 * @param compiler the part of it that went into compiling
 * @param redis of its Redis
 */
record Used(Duration cpu, Duration compiler, Duration redis) {
  static Used by(EdgeTarget target) {
    return by(target.process(), target.redis());
  }

  static Used by(Optional<ProcessHandle> process, Optional<ProcessHandle> redis) {
    return new Used(
        process.map(Cpu::of).orElse(Duration.ZERO),
        process.map(Cpu::ofCompiler).orElse(Duration.ZERO),
        redis.map(Cpu::of).orElse(Duration.ZERO));
  }

  Used since(Used before) {
    return new Used(
        cpu.minus(before.cpu), compiler.minus(before.compiler), redis.minus(before.redis));
  }

  /** The part that went into compiling, of 1. */
  double compiling() {
    return cpu.isZero() ? 0 : Math.max(0.0, compiler.toNanos() / (double) cpu.toNanos());
  }
}
