package dev.sluice.comparison;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.util.List;
import java.util.Locale;

/**
 * What both servers are held to.
 *
 * @param file where its rules are, below the directory of rules
 * @param rules of the file; empty when there is none
 * @param requests by gRPC, in this order; each as protobuf writes it in JSON
 * @param bodies of what is posted to {@code /json} after these, as they are
 */
public record Situation(
    String name, String file, String rules, List<String> requests, List<String> bodies) {
  public Situation {
    requests = List.copyOf(requests);
    bodies = List.copyOf(bodies);
  }

  /** A file that is named as the situation. */
  static String file(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".yaml";
  }

  /** A request, read. */
  static RateLimitRequest request(String json) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder();
    try {
      JsonFormat.parser().merge(json, request);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("no request: " + json, e);
    }
    return request.build();
  }

  /** As a file of situations has it, which {@code src/bench/run compare --replay} takes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("- name: ").append(name).append('\n');
    text.append("  file: ").append(file).append('\n');
    text.append("  rules: |\n").append(rules.indent(4));
    text.append("  requests:\n");
    requests.forEach(request -> text.append("  - '").append(quoted(request)).append("'\n"));
    if (!bodies.isEmpty()) {
      text.append("  bodies:\n");
      bodies.forEach(body -> text.append("  - '").append(quoted(body)).append("'\n"));
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }
}
