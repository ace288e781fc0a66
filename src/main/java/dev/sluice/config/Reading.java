package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import java.util.OptionalInt;

/**
 * What all fields of one text share while it is read.
 *
 * @param unknownKeys what a key is that nobody asked for
 * @param misspellings what it is when it is almost one that was asked for
 */
record Reading(
    Source source,
    Problems problems,
    Overrides overrides,
    Severity unknownKeys,
    Severity misspellings) {

  /** One in which a misspelt key is as unknown as any other. */
  Reading(Source source, Problems problems, Overrides overrides, Severity unknownKeys) {
    this(source, problems, overrides, unknownKeys, unknownKeys);
  }

  /** The same, for what follows from a problem that was reported already. */
  Reading quietly() {
    return new Reading(source, new Problems(), overrides, unknownKeys, misspellings);
  }

  Reading in(Source inner) {
    return new Reading(inner, problems, overrides, unknownKeys, misspellings);
  }

  Reading withMisspellings(Severity severity) {
    return new Reading(source, problems, overrides, unknownKeys, severity);
  }

  void report(Severity severity, int line, String field, String message) {
    OptionalInt known = line > 0 ? OptionalInt.of(line) : OptionalInt.empty();
    problems.add(severity, source.file(), known, field, message);
  }
}
