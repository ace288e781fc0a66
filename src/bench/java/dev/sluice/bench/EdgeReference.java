package dev.sluice.bench;

import dev.sluice.testing.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The real envoyproxy/ratelimit with the rules of the benchmarks, as it is without settings. */
record EdgeReference(Reference process) {
  /**
   * Starts one.
   *
   * @param setup of the Sluice that it is compared with
   * @param redis {@code host:port}
   */
  static EdgeReference start(Processes processes, EdgeSetup setup, String redis)
      throws IOException {
    Path folder = processes.folder().resolve("reference-" + setup.name());
    Path rules = Files.createDirectories(folder.resolve("ratelimit").resolve("config"));
    Files.writeString(rules.resolve("bench.yaml"), LimitQuestions.RULES);
    Reference reference =
        Reference.start(
            folder,
            Map.of(
                "RUNTIME_ROOT",
                folder.toString(),
                "RUNTIME_SUBDIRECTORY",
                "ratelimit",
                "RUNTIME_WATCH_ROOT",
                "false",
                "REDIS_SOCKET_TYPE",
                "tcp",
                "REDIS_URL",
                redis,
                "LOCAL_CACHE_SIZE_IN_BYTES",
                setup.localCacheBytes()));
    processes.closeLater(reference::close);
    return new EdgeReference(reference);
  }

  /**
   * @param redis empty when it is not watched
   */
  EdgeTarget target(Optional<ProcessHandle> redis) {
    return new EdgeTarget(
        EdgeTarget.Kind.REFERENCE,
        process.grpc(),
        process.http(),
        Optional.of(process.handle()),
        redis);
  }
}
