package dev.sluice.edges;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * All ways in at once: two whole Sluices, one with its doors in front mode and one in full mode,
 * and before each of them a real Envoy and a real NGINX with the shipped files.
 */
final class Edges implements AutoCloseable {
  private final Path folder;
  private final Stack front;
  private final Stack full;
  private final List<RunningEdge> programs = new ArrayList<>();
  private final List<Way> ways = new ArrayList<>();

  Edges(Path folder, String sambastack) {
    this.folder = folder;
    this.front = new Stack(directory("front"), sambastack, doors("front"), Tiers.BACKENDS);
    this.full = new Stack(directory("full"), sambastack, doors("full"), Tiers.BACKENDS);
    String gateway = front.doors().gateway() + "/v1/chat/completions";
    ways.add(new Way("gateway", front, true, true, model -> gateway));
    String envoy = start("envoy", EdgeFiles.envoy(), front) + "/v1/chat/completions";
    ways.add(new Way("Envoy + gateway", front, true, true, model -> envoy));
    String nginx = start("nginx", EdgeFiles.nginx(), front) + "/v1/chat/completions";
    ways.add(new Way("NGINX + gateway", front, true, true, model -> nginx));
    String envoyFull = start("envoy-full", EdgeFiles.envoyFull(), full) + "/v1/chat/completions";
    ways.add(new Way("Envoy in full mode", full, false, true, model -> envoyFull));
    // The shipped file has a location for each model: here the request says which one it means.
    EdgeFiles byArgument =
        edited(
            EdgeFiles.nginxFull(),
            text -> text.replace("Meta-Llama-3.3-70B-Instruct;", "$arg_model;"));
    String nginxFull = start("nginx-full", byArgument, full) + "/llama-70b/v1/chat/completions";
    ways.add(
        new Way("NGINX in full mode", full, false, false, model -> nginxFull + "?model=" + model));
  }

  private static String doors(String mode) {
    return "extAuthz: {mode: %1$s, timeout: 8s}\nauth: {mode: %1$s, timeout: 8s}\n".formatted(mode)
        + Tiers.MODELS;
  }

  List<Way> ways() {
    return List.copyOf(ways);
  }

  /** The way by its name. */
  Way way(String name) {
    return ways.stream().filter(way -> way.name().equals(name)).findFirst().orElseThrow();
  }

  /** A further edge; its URL. */
  String start(String name, EdgeFiles files, Stack stack) {
    RunningEdge edge =
        RunningEdge.start(patient(files).onFreePorts(upstreams(files, stack)), directory(name));
    programs.add(edge);
    return edge.url();
  }

  /** The same files with other words in some of them. */
  static EdgeFiles edited(EdgeFiles files, UnaryOperator<String> edit) {
    Map<String, String> texts = new TreeMap<>(files.texts());
    texts.replaceAll((name, text) -> edit.apply(text));
    if (texts.equals(files.texts())) {
      throw new IllegalArgumentException("nothing to edit in " + files.main());
    }
    return new EdgeFiles(files.program(), files.main(), texts);
  }

  /** The same files for a machine that is busy with other things: edges that wait for decisions. */
  static EdgeFiles patient(EdgeFiles files) {
    return edited(
        files,
        text ->
            text.replace("timeout: 0.2s", "timeout: 9s")
                .replace("timeout: 0.02s", "timeout: 9s")
                .replace("proxy_read_timeout 1s;", "proxy_read_timeout 9s;"));
  }

  /** What the edges' own logs say that is worth a look. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (RunningEdge edge : programs) {
      try {
        Files.readAllLines(edge.log()).stream()
            .filter(
                line ->
                    line.matches(
                        ".*(\\[(warn|error|crit|alert|emerg)]|\\[(warning|error|critical)]).*"))
            .forEach(complaints::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return complaints;
  }

  static Map<Integer, Integer> upstreams(EdgeFiles files, Stack stack) {
    Map<Integer, Integer> all =
        Map.of(
            8000, port(stack.doors().gateway()),
            8080, port(stack.doors().http()),
            8081, port("http://" + stack.doors().grpc()),
            8101, port(stack.backendUrl(0)),
            8102, port(stack.backendUrl(0)));
    Map<Integer, Integer> used = new HashMap<>(all);
    used.keySet().retainAll(files.ports());
    used.keySet().removeAll(files.listens());
    return used;
  }

  private Path directory(String name) {
    try {
      return Files.createDirectory(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port(String url) {
    return URI.create(url).getPort();
  }

  @Override
  public void close() {
    programs.forEach(RunningEdge::close);
    front.close();
    full.close();
  }
}
