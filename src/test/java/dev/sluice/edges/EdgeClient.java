package dev.sluice.edges;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of an edge, with a key. */
final class EdgeClient {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final int attempts;

  EdgeClient(String url) {
    this(url, 1);
  }

  private EdgeClient(String url, int attempts) {
    this.url = url;
    this.attempts = attempts;
  }

  /** Comes again, as it is told to, where a machine under load was late with a decision. */
  static EdgeClient patient(String url) {
    return new EdgeClient(url, 5);
  }

  HttpResponse<String> get(String path, String key, String... headers) {
    return send(request(path, key, headers).build());
  }

  HttpResponse<String> post(String path, String key, byte[] body, String... headers) {
    return send(
        request(path, key, headers).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());
  }

  /** What the backend says that reached it. */
  static JsonObject echoed(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  static String header(HttpResponse<?> response, String name) {
    return String.join(" and ", response.headers().allValues(name));
  }

  HttpRequest.Builder request(String path, String key, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpClient http() {
    return http;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      for (int i = 1; i < attempts && response.body().contains("limits_unavailable"); i++) {
        response = http.send(request, BodyHandlers.ofString());
      }
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
