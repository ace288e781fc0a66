package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import java.util.OptionalInt;

/**
 * What all fields of one text share while it is read.
 *
 * @param unknownKeys what a key is that nobody asked for
 */
record Reading(Source source, Problems problems, Overrides overrides, Severity unknownKeys) {

  /** The same, for what follows from a problem that was reported already. */
  Reading quietly() {
    return new Reading(source, new Problems(), overrides, unknownKeys);
  }

  Reading in(Source inner) {
    return new Reading(inner, problems, overrides, unknownKeys);
  }

  void report(Severity severity, int line, String field, String message) {
    OptionalInt known = line > 0 ? OptionalInt.of(line) : OptionalInt.empty();
    problems.add(severity, source.file(), known, field, message);
  }
}
