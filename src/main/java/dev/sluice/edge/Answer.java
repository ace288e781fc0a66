package dev.sluice.edge;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is told in place of a backend's response, whatever the door.
 *
 * @param headers by lower case name, in the order in which they are sent
 * @param body JSON
 */
public record Answer(int status, Map<String, String> headers, String body) {
  public Answer {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** The same with more headers. */
  public Answer with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Answer(status, all, body);
  }

  /** What a client asked for. */
  public static Answer ok(String body, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("x-request-id", requestId);
    return new Answer(200, headers, body);
  }
}
