package dev.sluice;

import dev.sluice.admission.RefusalStore;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.SluiceConfig.DecisionLog.Destination;
import dev.sluice.edge.Decided;
import dev.sluice.edge.decisions.AppendedFile;
import dev.sluice.edge.decisions.DecisionLines;
import dev.sluice.edge.decisions.KeptRefusals;
import dev.sluice.edge.decisions.LineSink;
import dev.sluice.metrics.Metrics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Writes down what was decided: the decision log, and the refusals that can be looked up. */
final class DecisionRecording {
  private final SluiceConfig.DecisionLog settings;
  private final Metrics metrics;
  private final Optional<KeptRefusals> refusals;
  private volatile Optional<DecisionLines> lines = Optional.empty();

  DecisionRecording(SluiceConfig settings, RefusalStore store, Metrics metrics) {
    this.settings = settings.decisionLog();
    this.metrics = metrics;
    SluiceConfig.Refusals kept = settings.refusals();
    this.refusals =
        kept.most() == 0
            ? Optional.empty()
            : Optional.of(new KeptRefusals(store, kept.queue(), metrics));
  }

  /** May be called on an event loop. */
  void record(Decided decided) {
    lines.ifPresent(log -> log.take(decided));
    refusals.ifPresent(store -> store.take(decided));
  }

  /** Begins to write; before the first request. */
  void start() throws CannotStart {
    lines =
        sink(settings.to())
            .map(
                sink ->
                    new DecisionLines(
                        sink,
                        settings.sample(),
                        settings.queue(),
                        () -> ThreadLocalRandom.current().nextDouble(),
                        metrics));
    lines.ifPresent(DecisionLines::start);
    refusals.ifPresent(KeptRefusals::start);
  }

  private static Optional<LineSink> sink(Destination to) throws CannotStart {
    if (to instanceof Destination.StandardOutput) {
      // Not System.out, which keeps errors to itself.
      return Optional.of(LineSink.to(new FileOutputStream(FileDescriptor.out)));
    }
    return to instanceof Destination.File file ? Optional.of(open(file.path())) : Optional.empty();
  }

  private static LineSink open(Path path) throws CannotStart {
    try {
      return new AppendedFile(path);
    } catch (IOException e) {
      throw new CannotStart(
          "the decision log cannot be written to %s: %s. Set decisionLog.to to a file that this"
                  .formatted(path, e)
              + " user may write, or to stdout or none.",
          e);
    }
  }

  /** Writes what waits. Blocks, for so long at most for each of the two. */
  void stop(Duration within) {
    lines.ifPresent(log -> log.stop(within));
    refusals.ifPresent(store -> store.stop(within));
  }
}
