package dev.sluice.bench;

import dev.sluice.bench.EdgeTarget.Kind;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the cases need: a Sluice for each of their setups, with a Redis and keys of its own, as many
 * of envoyproxy/ratelimit when it is asked for, and the services that decide nothing; each a
 * process of its own, on free ports of 127.0.0.1.
 */
final class EdgesStack implements AutoCloseable {
  private final EdgesBench.Options options;
  private final Processes processes;
  private final EdgeTarget noOp;
  private final Map<Place, EdgeTarget> targets = new HashMap<>();
  private final Map<EdgeSetup, List<UserKey>> keys = new HashMap<>();

  private record Place(Kind kind, EdgeSetup setup) {}

  /** What is started is closed again when the next does not start. */
  EdgesStack(EdgesBench.Options options) throws IOException, InterruptedException {
    this.options = options;
    processes = new Processes(options.jvm());
    try {
      noOp =
          EdgeSluice.target(
              Kind.NO_OP,
              processes.start("no-op", NoOp.class, List.of(), EdgeSluice.LISTENING),
              Optional.empty());
      for (EdgeCase each : options.cases()) {
        startWhatIsMissing(each);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void startWhatIsMissing(EdgeCase each) throws IOException, InterruptedException {
    EdgeSetup setup = each.setup();
    for (Kind kind : options.asked(each)) {
      Place place = new Place(kind, setup);
      if (targets.containsKey(place)) {
        continue;
      }
      if (kind == Kind.SLUICE) {
        EmbeddedRedis redis = processes.redis();
        EdgeSluice sluice = EdgeSluice.start(processes, setup, redis.url());
        targets.put(place, sluice.target(Optional.of(Processes.handle(redis))));
        keys.put(setup, UserKey.issue(redis.url(), "bench", options.keys()));
      } else if (kind == Kind.REFERENCE) {
        EmbeddedRedis redis = processes.redis();
        EdgeReference reference =
            EdgeReference.start(processes, setup, redis.url().replace("redis://", ""));
        targets.put(place, reference.target(Optional.of(Processes.handle(redis))));
      }
    }
  }

  EdgeTarget target(Kind kind, EdgeSetup setup) {
    return switch (kind) {
      case NO_OP -> noOp;
      case RIVAL -> options.rival().orElseThrow();
      case SLUICE, REFERENCE ->
          Optional.ofNullable(targets.get(new Place(kind, setup))).orElseThrow();
    };
  }

  /** The keys that this Sluice knows. */
  List<UserKey> keys(EdgeSetup setup) {
    return keys.getOrDefault(setup, List.of());
  }

  /** Ends everything. */
  @Override
  public void close() {
    processes.close();
  }
}
