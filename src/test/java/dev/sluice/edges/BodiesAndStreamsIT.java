package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large bodies and long streams pass the edges as they come, in pieces. */
class BodiesAndStreamsIT {
  private static final int LARGE = 20 << 20;
  private static final int CHUNKS = 20_000;

  @TempDir private static Path folder;
  private static Edges edges;

  @BeforeAll
  static void start() {
    edges = new Edges(folder, Tiers.SAMBASTACK);
  }

  @AfterAll
  static void stop() {
    edges.close();
  }

  @Test
  void bodyOf20MB_passesEveryWay() {
    String large = largeBody();
    for (Way way : edges.ways()) {
      String bearer = "Bearer " + way.stack().key("large", "web");

      assertThat(way.chat(bearer, "small", large).statusCode()).as("%s", way).isEqualTo(200);
    }
  }

  @Test
  void bodyThatIsHalfSent_hasReachedTheGatewayThroughEachEdge() {
    String large = largeBody();
    for (Way way : edges.ways().stream().filter(Way::queues).toList()) {
      URI url = URI.create(way.url().apply("small"));
      try (RawClient client = new RawClient(url.toString())) {
        client.send(
            "POST %s HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(url.getPath(), way.stack().key("half", "web"), large.length()));
        client.send(large.substring(0, LARGE / 2));

        // The gateway reserves what is declared when the head is there, and no head comes alone
        // from an edge that buffers.
        Awaitility.await()
            .untilAsserted(() -> assertThat(bodyBytes(way)).as("%s", way).isGreaterThan(LARGE));

        client.send(large.substring(LARGE / 2));
        assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void streamOfManyChunks_comesWholeAndBeginsBeforeItEnds() throws Exception {
    for (Way way : edges.ways()) {
      String bearer = "Bearer " + way.stack().key("stream", "web");
      String streamed = body("small", ",\"stream\":true");

      HttpResponse<InputStream> response =
          way.stack()
              .http()
              .send(
                  way.request(bearer, "small")
                      .header("x-simulate", "tokens=" + CHUNKS)
                      .POST(HttpRequest.BodyPublishers.ofString(streamed))
                      .build(),
                  HttpResponse.BodyHandlers.ofInputStream());

      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8), 256)) {
        assertThat(lines.readLine()).as("%s", way).startsWith("data: ");
        // It cannot have been held back whole: the backend is still at it, for this client reads no
        // more for now.
        assertThat(way.stack().backend(0).busy()).as("%s", way).isEqualTo(1);
        assertThat(rest(lines)).as("%s", way).isGreaterThanOrEqualTo(CHUNKS);
      }
    }
  }

  @Test
  void clientThatLeavesItsStream_stopsTheBackend() throws Exception {
    for (Way way : edges.ways()) {
      String bearer = "Bearer " + way.stack().key("leaver", "web");
      HttpResponse<InputStream> response =
          way.stack()
              .http()
              .send(
                  way.request(bearer, "small")
                      .header("x-simulate", "tokens=1000000")
                      .POST(HttpRequest.BodyPublishers.ofString(body("small", ",\"stream\":true")))
                      .build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.body().read()).isEqualTo('d');

      response.body().close();

      Awaitility.await()
          .untilAsserted(() -> assertThat(way.stack().backend(0).busy()).as("%s", way).isZero());
    }
  }

  /** How many events follow; the last one must say that it is the last. */
  private static int rest(BufferedReader lines) throws IOException {
    int events = 0;
    String last = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isEmpty()) {
        events++;
        last = line;
      }
    }
    assertThat(last).isEqualTo("data: [DONE]");
    return events;
  }

  /**
   * In four messages of a word each: so it is few tokens, and no string is beyond what parsers
   * take.
   */
  private static String largeBody() {
    String message = "{\"role\":\"user\",\"content\":\"" + "x".repeat(LARGE / 4) + "\"}";
    return "{\"model\":\"small\",\"messages\":["
        + String.join(",", List.of(message, message, message, message))
        + "]}";
  }

  private static double bodyBytes(Way way) {
    Matcher matcher =
        Pattern.compile("sluice_body_bytes\\{door=\"gateway\",} (\\S+)")
            .matcher(way.stack().metrics());
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }
}
