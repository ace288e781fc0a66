package dev.sluice.bench;

import java.time.Duration;

/**
 * Processor time that a target has used; none when its process is not known.
 *
 * @param compiler the part of it that went into compiling
 */
record Used(Duration cpu, Duration compiler) {
  static Used by(EdgeTarget target) {
    return target
        .process()
        .map(process -> new Used(Cpu.of(process), Cpu.ofCompiler(process)))
        .orElse(new Used(Duration.ZERO, Duration.ZERO));
  }

  Used since(Used before) {
    return new Used(cpu.minus(before.cpu), compiler.minus(before.compiler));
  }

  /** The part that went into compiling, of 1. */
  double compiling() {
    return cpu.isZero() ? 0 : Math.max(0.0, compiler.toNanos() / (double) cpu.toNanos());
  }
}
