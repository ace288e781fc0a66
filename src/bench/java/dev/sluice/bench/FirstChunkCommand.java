package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures what each way in adds to the first chunk of a stream. */
@Command(
    name = "first-chunk",
    description = {
      "Measures the delay of a stream's first chunk: straight to the backend, through the gateway,"
          + " and through a real NGINX and Envoy with the shipped files before it. One client, the"
          + " ways in turn."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class FirstChunkCommand implements Callable<Integer> {
  private static final String BODY =
      "{\"model\":\"%s\",\"stream\":true,\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
          .formatted(GatewayStack.MODEL);

  @Mixin private Rounds rounds = new Rounds(10, 10, 5);

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Override
  public Integer call() throws Exception {
    Consumer<String> progress = rounds.progress(spec);
    Map<String, List<Latencies>> measured = new LinkedHashMap<>();
    try (GatewayStack stack = new GatewayStack(rounds.jvm());
        RunningEdge nginx = stack.edge(EdgeFiles.nginx());
        RunningEdge envoy = stack.edge(EdgeFiles.envoy())) {
      Map<String, Target> ways = new LinkedHashMap<>();
      ways.put("backend", stack.straight());
      ways.put("gateway", stack.sluice());
      ways.put("NGINX + gateway", stack.sluice().at(nginx.url()));
      ways.put("Envoy + gateway", stack.sluice().at(envoy.url()));
      progress.accept("warming up");
      round(ways, rounds.warmup().toNanos());
      for (int i = 1; i <= rounds.rounds(); i++) {
        progress.accept("round " + i + " of " + rounds.rounds());
        round(ways, rounds.time().toNanos())
            .forEach((way, l) -> measured.computeIfAbsent(way, w -> new ArrayList<>()).add(l));
      }
    }
    rounds.print(spec, () -> table(measured), () -> json(measured));
    return 0;
  }

  private Map<String, Latencies> round(Map<String, Target> ways, long nanos)
      throws IOException, InterruptedException {
    Map<String, Latencies> latencies = new LinkedHashMap<>();
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      for (Map.Entry<String, Target> way : ways.entrySet()) {
        latencies
            .computeIfAbsent(way.getKey(), name -> new Latencies())
            .add(firstChunk(way.getKey(), way.getValue()));
      }
    }
    return latencies;
  }

  private long firstChunk(String way, Target target) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(target.url() + "/v1/chat/completions"))
            .header("authorization", "Bearer " + target.key())
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build();
    long sent = System.nanoTime();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      int first = body.read();
      long delay = System.nanoTime() - sent;
      byte[] rest = body.readAllBytes();
      if (response.statusCode() != 200 || first != 'd' || rest.length == 0) {
        throw new BenchFailed("%s answered %d".formatted(way, response.statusCode()));
      }
      return delay;
    }
  }

  private static String table(Map<String, List<Latencies>> measured) {
    StringBuilder table =
        new StringBuilder("first chunk, milliseconds: median of the rounds (least – most)\n");
    List<Latencies> direct = measured.getOrDefault("backend", List.of());
    measured.forEach(
        (way, rounds) ->
            table.append(
                String.format(
                    Locale.ROOT,
                    "%-16s p50 %s   p99 %s   p50 beside the backend +%.2f%n",
                    way,
                    millis(rounds, 50).text(2),
                    millis(rounds, 99).text(2),
                    millis(rounds, 50).median() - millis(direct, 50).median())));
    return table.toString().stripTrailing();
  }

  private static String json(Map<String, List<Latencies>> measured) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    measured.forEach(
        (way, rounds) -> {
          ObjectNode node = root.putObject(way);
          millis(rounds, 50).putInto(node, "p50Millis");
          millis(rounds, 99).putInto(node, "p99Millis");
        });
    return root.toString();
  }

  private static Spread millis(List<Latencies> rounds, double percent) {
    return Spread.of(rounds.stream().mapToDouble(round -> round.percentile(percent) / 1e3));
  }
}
