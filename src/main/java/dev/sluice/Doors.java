package dev.sluice;

/**
 * Where the doors of a server are.
 *
 * @param gateway the URL of the OpenAI gateway
 * @param grpc host and port for Envoy
 * @param http the URL of NGINX's {@code /auth}
 * @param metrics the URL for Prometheus
 * @param debug the URL of the debug pages
 */
public record Doors(String gateway, String grpc, String http, String metrics, String debug) {
  /** For the log. */
  String describe() {
    return "gateway %s, grpc %s, http %s, metrics %s, debug %s"
        .formatted(gateway, grpc, http, metrics, debug);
  }
}
