package dev.sluice.xds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/** The service's names. It is no service of Envoy's, so its stubs are in no library. */
final class Discovery {
  /** Of the resources: the rules of one domain each. */
  static final String TYPE = "type.googleapis.com/ratelimit.config.ratelimit.v3.RateLimitConfig";

  private static final String SERVICE =
      "ratelimit.service.ratelimit.v3.RateLimitConfigDiscoveryService";

  /** Requests ask, and acknowledge or refuse what they were given; each response is everything. */
  static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM =
      MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "StreamRlsConfigs"))
          .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
          .build();

  private Discovery() {}
}
