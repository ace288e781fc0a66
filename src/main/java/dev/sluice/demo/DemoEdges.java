package dev.sluice.demo;

import dev.sluice.CannotStart;
import dev.sluice.Doors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The real edges of a demo, with the shipped files. Blocks while it starts and stops. */
final class DemoEdges implements AutoCloseable {
  private final Map<EdgeProgram, RunningEdge> running = new EnumMap<>(EdgeProgram.class);
  private final Path folder;

  private DemoEdges(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts them before a Sluice.
   *
   * @param randomPorts free ports instead of the documented ones
   * @throws CannotStart when one is not installed, or cannot run; none is left running
   */
  static DemoEdges start(Set<EdgeProgram> programs, Doors doors, boolean randomPorts)
      throws CannotStart {
    DemoEdges edges;
    try {
      edges = new DemoEdges(Files.createTempDirectory("sluice-edges"));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the edges", e);
    }
    try {
      for (EdgeProgram program : programs) {
        edges.running.put(
            program,
            RunningEdge.start(
                files(program, doors, randomPorts), edges.folder.resolve(program.toString())));
      }
      return edges;
    } catch (IllegalStateException e) {
      edges.close();
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  private static EdgeFiles files(EdgeProgram program, Doors doors, boolean randomPorts) {
    EdgeFiles files =
        switch (program) {
          case NGINX -> EdgeFiles.nginx();
          case ENVOY -> EdgeFiles.envoy();
        };
    Map<Integer, Integer> ports =
        new HashMap<>(
            Map.of(
                8000, port(doors.gateway()),
                8080, port(doors.http()),
                8081, port("grpc://" + doors.grpc())));
    ports.keySet().retainAll(files.ports());
    if (randomPorts) {
      return files.onFreePorts(ports);
    }
    files.listens().forEach(port -> ports.put(port, port));
    return files.withPorts(ports);
  }

  private static int port(String url) {
    return URI.create(url).getPort();
  }

  /** Where clients are served, by edge. */
  Map<EdgeProgram, String> urls() {
    Map<EdgeProgram, String> urls = new EnumMap<>(EdgeProgram.class);
    running.forEach((program, edge) -> urls.put(program, edge.url()));
    return urls;
  }

  /** What an edge says. */
  Path log(EdgeProgram program) {
    return folder.resolve(program.toString()).resolve(program + ".log");
  }

  @Override
  public void close() {
    running.values().forEach(RunningEdge::close);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
