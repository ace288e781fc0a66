package dev.sluice.edge;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client is told in place of a backend's response, whatever the door.
 *
 * @param headers by lower case name, in the order in which they are sent
 * @param body JSON
 * @param error what the body says, when it is an error
 */
public record Answer(
    int status, Map<String, String> headers, String body, Optional<ErrorBody> error) {
  public Answer {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** One that is no error, or none that was decided. */
  public Answer(int status, Map<String, String> headers, String body) {
    this(status, headers, body, Optional.empty());
  }

  /** The same with more headers. */
  public Answer with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Answer(status, all, body, error);
  }

  /** What a client asked for. */
  public static Answer ok(String body, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("x-request-id", requestId);
    return new Answer(200, headers, body);
  }
}
