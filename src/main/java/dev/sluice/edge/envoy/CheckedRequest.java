package dev.sluice.edge.envoy;

import com.google.protobuf.ByteString;
import dev.sluice.account.Credential;
import dev.sluice.admission.Origin;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.authorization.EdgeBody;
import dev.sluice.edge.authorization.EdgeRequest;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A CheckRequest, read.
 *
 * <p>Envoy sends headers by lower case name; with {@code encode_raw_headers} they come as a list,
 * one entry for each time that a header stands in the request. A header that stands twice is joined
 * with a comma, as Envoy does itself.
 */
final class CheckedRequest {
  /** Of a route's {@code context_extensions}: the model, where the route serves only one. */
  private static final String CONTEXT_MODEL = "model";

  private static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

  private final AttributeContext.HttpRequest http;
  private final String source;
  private final Map<String, String> context;
  private final Map<String, String> headers;

  CheckedRequest(CheckRequest request) {
    this.http = request.getAttributes().getRequest().getHttp();
    this.source = request.getAttributes().getSource().getAddress().getSocketAddress().getAddress();
    this.context = request.getAttributes().getContextExtensionsMap();
    this.headers =
        http.hasHeaderMap() ? joined(http.getHeaderMap().getHeadersList()) : http.getHeadersMap();
  }

  /** Whether it speaks of an HTTP request at all. */
  static boolean isHttp(CheckRequest request) {
    return request.getAttributes().getRequest().hasHttp();
  }

  Map<String, String> headers() {
    return headers;
  }

  /**
   * As the doors see it.
   *
   * @param modelHeader in which the edge says the model
   */
  EdgeRequest edgeRequest(RequestId ids, Optional<String> modelHeader) {
    return new EdgeRequest(
        ids.shown(header("x-request-id")),
        Credential.ofAuthorization(header("authorization")),
        Origin.of(Optional.of(source)),
        http.getMethod(),
        http.getPath(),
        EdgeRequest.askedByBrowser(this::header),
        Optional.ofNullable(context.get(CONTEXT_MODEL))
            .or(() -> modelHeader.flatMap(this::header))
            .filter(model -> !model.isEmpty()),
        body());
  }

  private EdgeBody body() {
    ByteString raw = http.getRawBody();
    byte[] bytes =
        raw.isEmpty() ? http.getBody().getBytes(StandardCharsets.UTF_8) : raw.toByteArray();
    if (bytes.length == 0) {
      return new EdgeBody.NotShown();
    }
    return isWhole(bytes)
        ? new EdgeBody.Whole(header("content-encoding"), bytes)
        : new EdgeBody.Beginning(bytes);
  }

  /**
   * Envoy says {@code false} of a body of which it holds exactly as much as it may show, whether or
   * not more is to come. So the length counts; and where none was declared, how the body ends.
   */
  private boolean isWhole(byte[] bytes) {
    if (header(PARTIAL_BODY).filter("true"::equals).isPresent()) {
      return false;
    }
    Optional<String> length = header("content-length");
    if (length.isPresent()) {
      return length.get().equals(Integer.toString(bytes.length));
    }
    int last = bytes.length - 1;
    while (last > 0 && bytes[last] <= ' ' && bytes[last] >= 0) {
      last--;
    }
    return bytes[last] == '}' || http.getSize() == bytes.length;
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  private static Map<String, String> joined(Iterable<HeaderValue> list) {
    Map<String, String> headers = new HashMap<>();
    for (HeaderValue header : list) {
      String value =
          header.getRawValue().isEmpty()
              ? header.getValue()
              : header.getRawValue().toString(StandardCharsets.ISO_8859_1);
      headers.merge(
          header.getKey().toLowerCase(Locale.ROOT), value, (one, more) -> one + "," + more);
    }
    return headers;
  }
}
