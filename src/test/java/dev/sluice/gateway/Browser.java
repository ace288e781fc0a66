package dev.sluice.gateway;

import dev.sluice.testing.Stack;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a browser does for a page of one origin that calls another one, without cookies: the Fetch
 * standard, as far as it matters here. A page sees nothing of what it does not let through.
 */
final class Browser {
  private static final Set<String> SAFE = Set.of("accept", "accept-language", "content-language");
  private static final Set<String> ALWAYS_SEEN =
      Set.of("content-type", "content-length", "cache-control", "expires", "last-modified");

  private final Stack stack;
  private final String origin;

  Browser(Stack stack, String origin) {
    this.stack = stack;
    this.origin = origin;
  }

  /** What a page sees of an answer. */
  record Seen(int status, String body, Map<String, String> headers) {}

  /** Empty: the page is told of a network error, and nothing else. */
  Optional<Seen> fetch(
      String method, String path, String key, Map<String, String> headers, String body) {
    Map<String, String> own = new TreeMap<>(headers);
    own.put("authorization", "Bearer " + key);
    own.put("content-type", "application/json");
    TreeSet<String> asked = new TreeSet<>(own.keySet());
    asked.removeAll(SAFE);
    if (!mayAsk(method, path, asked)) {
      return Optional.empty();
    }
    HttpRequest.Builder request =
        stack
            .request(path, "")
            .setHeader("origin", origin)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    own.forEach(request::setHeader);
    HttpResponse<String> response = stack.send(request.build());
    if (!allowed(response)) {
      return Optional.empty();
    }
    Map<String, String> seen = new TreeMap<>();
    Set<String> visible = new HashSet<>(list(response, "access-control-expose-headers"));
    visible.addAll(ALWAYS_SEEN);
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (visible.contains(name)) {
                seen.put(name, String.join(", ", values));
              }
            });
    return Optional.of(new Seen(response.statusCode(), response.body(), seen));
  }

  private boolean mayAsk(String method, String path, Set<String> headers) {
    HttpResponse<String> preflight =
        stack.send(
            stack
                .request(path, "")
                .setHeader("origin", origin)
                .setHeader("access-control-request-method", method)
                .setHeader("access-control-request-headers", String.join(",", headers))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build());
    return preflight.statusCode() / 100 == 2
        && allowed(preflight)
        && (method.equals("GET")
            || method.equals("POST")
            || list(preflight, "access-control-allow-methods")
                .contains(method.toLowerCase(Locale.ROOT)))
        && list(preflight, "access-control-allow-headers").containsAll(headers);
  }

  private boolean allowed(HttpResponse<?> response) {
    String allowed =
        String.join(" and ", response.headers().allValues("access-control-allow-origin"));
    return allowed.equals("*") || allowed.equals(origin);
  }

  private static Set<String> list(HttpResponse<?> response, String name) {
    Set<String> names = new TreeSet<>();
    for (String value : response.headers().allValues(name)) {
      Arrays.stream(value.toLowerCase(Locale.ROOT).split(",", -1))
          .map(String::strip)
          .forEach(names::add);
    }
    return names;
  }
}
