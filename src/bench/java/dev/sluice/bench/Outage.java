package dev.sluice.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of requests while Redis was stopped, before and afterwards.
 *
 * @param name of the service
 * @param answers of all requests
 * @param stopped when it was, on the clock of {@link System#nanoTime}
 * @param continued when it went on, likewise
 * @param countedByRedis hits that its counters have
 */
record Outage(
    String name,
    List<Answer> answers,
    long stopped,
    long continued,
    long countedByRedis,
    Memory memory) {
  /** An answer that comes later is not what anybody would call normal. */
  static final Duration NORMAL = Duration.ofMillis(100);

  private static final long WINDOW = Duration.ofMillis(100).toNanos();
  private static final double NORMAL_SHARE = 0.99;

  /** What a request was answered. */
  enum Kind {
    COUNTED,
    PASSED_UNCOUNTED,
    OVER_LIMIT,
    ERROR
  }

  /** When a request was to be made. */
  enum Phase {
    BEFORE,
    STOPPED,
    AFTER
  }

  /**
   * One request.
   *
   * @param due when it was to be made, on the clock of {@link System#nanoTime}
   * @param nanos from then until it was answered
   */
  record Answer(long due, long nanos, Kind kind) {
    boolean isNormal() {
      return kind == Kind.COUNTED && nanos <= NORMAL.toNanos();
    }
  }

  /**
   * What the service had resident, in MiB; 0 where there is no Linux to ask.
   *
   * @param before when Redis was stopped
   * @param most at any moment
   * @param after when the last request was answered
   */
  record Memory(long before, long most, long after) {}

  Outage {
    answers = List.copyOf(answers);
  }

  private Stream<Answer> in(Phase phase) {
    return answers.stream().filter(answer -> phase(answer) == phase);
  }

  private Phase phase(Answer answer) {
    if (answer.due() - stopped < 0) {
      return Phase.BEFORE;
    }
    return answer.due() - continued < 0 ? Phase.STOPPED : Phase.AFTER;
  }

  long count(Phase phase, Kind kind) {
    return in(phase).filter(answer -> answer.kind() == kind).count();
  }

  /** Of all kinds of answers. */
  Latencies latencies(Phase phase) {
    Latencies latencies = new Latencies();
    in(phase).forEach(answer -> latencies.add(answer.nanos()));
    return latencies;
  }

  /** How many requests were told that they were counted. */
  long answeredAsCounted() {
    return answers.stream().filter(answer -> answer.kind() == Kind.COUNTED).count();
  }

  /** Hits that cannot be but second ones: there were not so many requests. */
  long countedTwiceAtLeast() {
    return Math.max(0, countedByRedis - answers.size());
  }

  /**
   * How long after Redis went on the first tenth of a second began in which 99 of 100 answers were
   * counted, and in time; nothing when there was none.
   */
  Optional<Duration> untilNormal() {
    long last = in(Phase.AFTER).mapToLong(answer -> answer.due() - continued).max().orElse(-1);
    for (long from = 0; from <= last; from += WINDOW) {
      if (isNormal(from)) {
        return Optional.of(Duration.ofNanos(from));
      }
    }
    return Optional.empty();
  }

  private boolean isNormal(long from) {
    List<Answer> window =
        in(Phase.AFTER)
            .filter(answer -> (answer.due() - continued) / WINDOW == from / WINDOW)
            .toList();
    long normal = window.stream().filter(Answer::isNormal).count();
    return !window.isEmpty() && normal >= NORMAL_SHARE * window.size();
  }
}
