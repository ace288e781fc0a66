package dev.sluice.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A backend on a free port, and a client of it. */
final class RunningBackend implements AutoCloseable {
  static final SimulatedBackendOptions OPTIONS =
      SimulatedBackendOptions.of("sim", List.of("m1", "m2"));

  private static final ObjectMapper JSON = new ObjectMapper();

  final SimulatedBackend backend;
  final int port;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();

  RunningBackend(SimulatedBackendOptions options) {
    backend = new SimulatedBackend(vertx, options);
    port = backend.start("127.0.0.1", 0).toCompletableFuture().join();
  }

  /** A request for a completion by m1, with more fields such as {@code "n":2}. */
  static String body(String prompt, String... fields) {
    StringBuilder body =
        new StringBuilder(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}],\"model\":\"m1\"");
    for (String field : fields) {
      body.append(',').append(field);
    }
    return body.append('}').toString();
  }

  HttpResponse<String> post(String body, String... headers) {
    return posted(body, headers).join();
  }

  CompletableFuture<HttpResponse<String>> posted(String body, String... headers) {
    HttpRequest.Builder request =
        request("/v1/chat/completions").POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> send(String method, String path) {
    return client
        .sendAsync(
            request(path).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString())
        .join();
  }

  /** The records over HTTP. */
  JsonNode records() {
    return json(send("GET", "/simulate/requests").body());
  }

  /** A connection on which the request was sent and nothing read. */
  Socket connect(String body, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: "
            + body.length()
            + "\r\n"
            + headers
            + "\r\n";
    socket.getOutputStream().write((head + body).getBytes(UTF_8));
    return socket;
  }

  /** Reads until the text arrives, and returns all that was read; ends with the stream too. */
  static String readUntil(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    byte[] buffer = new byte[8192];
    while (read.indexOf(text, Math.max(0, read.length() - buffer.length - text.length())) < 0) {
      int length = socket.getInputStream().read(buffer);
      if (length < 0) {
        break;
      }
      read.append(new String(buffer, 0, length, UTF_8));
    }
    return read.toString();
  }

  /** The data of the events of a stream. */
  static List<String> events(String stream) {
    return stream
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()))
        .toList();
  }

  /** The chunks of a stream, without its end. */
  static List<JsonNode> chunks(String stream) {
    return events(stream).stream()
        .filter(event -> !event.equals("[DONE]"))
        .map(RunningBackend::json)
        .toList();
  }

  /** What a choice says in a stream. */
  static String text(String stream, int choice) {
    StringBuilder text = new StringBuilder();
    for (JsonNode chunk : chunks(stream)) {
      if (chunk.at("/choices/0/index").asInt(-1) == choice) {
        text.append(chunk.at("/choices/0/delta/content").asText());
      }
    }
    return text.toString();
  }

  static int words(String text) {
    return text.isEmpty() ? 0 : text.split(" ", -1).length;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException notJson) {
      throw new UncheckedIOException(notJson);
    }
  }

  @Override
  public void close() {
    backend.stop().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }
}
