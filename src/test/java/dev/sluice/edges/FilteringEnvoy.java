package dev.sluice.edges;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.EdgeProgram;
import dev.sluice.demo.RunningEdge;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An Envoy with many rate limit filters, each of other settings and on the route that is called as
 * it is, before a backend that answers 40 bytes.
 */
final class FilteringEnvoy {
  private static final String MAIN = "filters.yaml";

  private static final String FRAME =
      """
      static_resources:
        listeners:
        - name: clients
          address: {socket_address: {address: 127.0.0.1, port_value: 8000}}
          filter_chains:
          - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: clients
                access_log:
                - name: envoy.access_loggers.stdout
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
                    log_format: {json_format: {request: "%%REQ(X-REQUEST-ID)%%", limits: "%%DYNAMIC_METADATA(envoy.filters.http.ratelimit)%%"}}
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: ["*"]
                    routes:
      %1$s
                http_filters:
                # As an authorizer would say how much somebody may.
                - name: envoy.filters.http.set_metadata
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config
                    metadata:
                    - {metadata_namespace: authorizer, value: {limit: {requests_per_unit: 5, unit: YEAR}}}
      %2$s
                - name: envoy.filters.http.router
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        - name: backend
          address: {socket_address: {address: 127.0.0.1, port_value: 8001}}
          filter_chains:
          - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: backend
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: ["*"]
                    routes:
                    - match: {prefix: /}
                      direct_response: {status: 200, body: {inline_string: "0123456789012345678901234567890123456789"}}
                http_filters:
                - name: envoy.filters.http.router
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        clusters:
        - name: backend
          load_assignment: {cluster_name: backend, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 8001}}}}]}]}
      %3$s
      admin:
        address: {socket_address: {address: 127.0.0.1, port_value: 9901}}
      """;

  /** A header of the request is a descriptor of that name; without the header there is none. */
  private static final String BY_HEADERS =
      Stream.of("client", "tenant", "trial", "quota", "reserve", "plenty")
          .map(
              name ->
                  "{actions: [{request_headers: {header_name: %1$s, descriptor_key: %1$s}}]}"
                      .formatted(name))
          .collect(Collectors.joining(", ", "[", "]"));

  private static final String ROUTE =
      """
      - match: {path: /%1$s}
        route: {cluster: backend, rate_limits: %2$s}
        typed_per_filter_config:
          %1$s: {"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: %3$s}
      """;

  private static final String PER_ROUTE =
      """
      {"@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute, rate_limits: %s}\
      """;

  private static final String FILTER =
      """
      - name: %s
        disabled: true
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit
          domain: edge
          %s
          rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: %s}}}
      """;

  private static final String CLUSTER =
      """
      - name: %1$s
        connect_timeout: 5s
        %3$s
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {}}
        load_assignment: {cluster_name: %1$s, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %2$d}}}}]}]}
      """;

  private final StringBuilder routes = new StringBuilder();
  private final StringBuilder filters = new StringBuilder();
  private final StringBuilder clusters = new StringBuilder();
  private final Set<String> known = new HashSet<>();
  private final Map<Integer, Integer> servers = new HashMap<>();

  /**
   * Adds a server of rate limits.
   *
   * @param more further fields of the cluster, one a line
   */
  FilteringEnvoy server(String name, int port, String... more) {
    known.add(name);
    servers.put(port, port);
    clusters.append(CLUSTER.formatted(name, port, lines(2, List.of(more))));
    return this;
  }

  /**
   * Adds a filter, and a route that has it, with the headers of requests as descriptors.
   *
   * @param more further fields of the filter, one a line
   */
  FilteringEnvoy filter(String name, String server, String... more) {
    return filterBy(BY_HEADERS, name, server, more);
  }

  /** The same, with descriptors of its own. */
  FilteringEnvoy filterBy(String rateLimits, String name, String server, String... more) {
    return filter(name, ROUTE.formatted(name, rateLimits, "{}"), server, List.of(more));
  }

  /** The same, in the filter's own settings for the route: only there hits can be many. */
  FilteringEnvoy filterPerRoute(String rateLimits, String name, String server, String... more) {
    String its = PER_ROUTE.formatted(rateLimits);
    return filter(name, ROUTE.formatted(name, "[]", its), server, List.of(more));
  }

  private FilteringEnvoy filter(String name, String route, String server, List<String> more) {
    if (!known.contains(server)) {
      throw new IllegalArgumentException("no server " + server);
    }
    routes.append(route);
    filters.append(FILTER.formatted(name, lines(4, more), server));
    return this;
  }

  private static String lines(int indentation, List<String> lines) {
    return String.join("\n" + " ".repeat(indentation), lines);
  }

  /** Starts it. */
  RunningEdge start(Path folder) {
    String text =
        FRAME.formatted(
            routes.toString().indent(14).stripTrailing(),
            filters.toString().indent(10).stripTrailing(),
            clusters.toString().indent(2).stripTrailing());
    EdgeFiles files = new EdgeFiles(EdgeProgram.ENVOY, MAIN, Map.of(MAIN, text));
    return RunningEdge.start(files.onFreePorts(servers), folder);
  }
}
