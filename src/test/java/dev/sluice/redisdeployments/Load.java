package dev.sluice.redisdeployments;

import static dev.sluice.testing.Stack.body;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that asks again and again, one request after the other, until it is closed. */
final class Load implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Answer> answers = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean over;

  /** What came of a request. */
  record Answer(int status, String body, Duration took) {}

  Load(String gateway, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.ofString(body("small")))
            .build();
    this.thread = new Thread(() -> ask(request), "load");
    thread.start();
  }

  private void ask(HttpRequest request) {
    while (!over) {
      long asked = System.nanoTime();
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        answers.add(new Answer(answer.statusCode(), answer.body(), took));
        Thread.sleep(PAUSE.toMillis());
      } catch (IOException e) {
        answers.add(new Answer(0, e.toString(), Duration.ofNanos(System.nanoTime() - asked)));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What came since so many answers. */
  List<Answer> since(int count) {
    return List.copyOf(answers).subList(count, answers.size());
  }

  int count() {
    return answers.size();
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
