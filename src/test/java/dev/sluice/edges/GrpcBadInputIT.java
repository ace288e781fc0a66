package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes to the gRPC port: an error, and the next request is served. */
class GrpcBadInputIT {
  private static final String CHECK = "envoy.service.auth.v3.Authorization/Check";

  @TempDir private static Path folder;
  private static Stack stack;
  private static ManagedChannel channel;
  private static String key;

  @BeforeAll
  static void start() {
    stack = new Stack(folder, Tiers.SAMBASTACK, "extAuthz: {mode: full}\n", Tiers.BACKENDS);
    channel = ManagedChannelBuilder.forTarget(stack.doors().grpc()).usePlaintext().build();
    key = stack.key("ann", "web");
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    stack.close();
  }

  @AfterEach
  void nextRequestIsServed() {
    assertThat(check(request("small")).hasOkResponse()).isTrue();
  }

  @Test
  void randomBytesOnTheWire_endTheConnection() {
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[1 + random.nextInt(4096)];
      random.nextBytes(bytes);
      try (RawClient client = new RawClient("http://" + stack.doors().grpc())) {
        // Half of them know how HTTP/2 begins.
        client.send(i % 2 == 0 ? "" : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client.send(new String(bytes, StandardCharsets.ISO_8859_1));
        client.send("\u0000".repeat(64));
      } catch (UncheckedIOException e) {
        // It was faster in hanging up.
      }
    }
  }

  @Test
  void randomBytesAsMessages_areErrors() {
    Random random = new Random(2);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (i % 2 == 0) { // a request that got a few bytes wrong
        bytes = CheckRequest.newBuilder().mergeFrom(request("small")).build().toByteArray();
        for (int n = 0; n < 3; n++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      try {
        call(CHECK, bytes);
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isIn(Status.Code.INVALID_ARGUMENT, Status.Code.UNKNOWN);
      }
    }
  }

  @Test
  void unknownMethods_areUnimplemented() {
    assertThatThrownBy(() -> call("envoy.service.auth.v3.Authorization/Nothing", new byte[0]))
        .hasMessageContaining("UNIMPLEMENTED");
    assertThatThrownBy(() -> call("a.b/C", new byte[0])).hasMessageContaining("UNIMPLEMENTED");
  }

  @Test
  void hugeMetadata_isRefused() {
    Metadata huge = new Metadata();
    huge.put(Metadata.Key.of("x", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(1 << 20));

    assertThatThrownBy(
            () ->
                AuthorizationGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(huge))
                    .check(request("small")))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void messageOverTheBound_isRefused() {
    assertThatThrownBy(() -> call(CHECK, new byte[5 << 20]))
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "\"", "{}", "nul", "[[[[[[", "{\"model\":7}", "\u0000"})
  void bodiesThatAreNoChat_areRefusedAsBadRequests(String body) {
    CheckResponse response =
        check(
            request("small").toBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .setRequest(
                            AttributeContext.Request.newBuilder()
                                .setHttp(
                                    request("small")
                                        .getAttributes()
                                        .getRequest()
                                        .getHttp()
                                        .toBuilder()
                                        .setRawBody(ByteString.copyFromUtf8(body)))))
                .build());

    assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(400);
  }

  @Test
  void deepNesting_isRefusedAndDoesNotExhaustTheStack() {
    String deep = "{\"model\":\"small\",\"x\":" + "[".repeat(200_000);

    CheckResponse response =
        check(
            CheckRequest.newBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .setRequest(
                            AttributeContext.Request.newBuilder()
                                .setHttp(
                                    request("small")
                                        .getAttributes()
                                        .getRequest()
                                        .getHttp()
                                        .toBuilder()
                                        .putHeaders(
                                            "content-length", Integer.toString(deep.length()))
                                        .setBody(deep))))
                .build());

    assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(400);
  }

  private static CheckRequest request(String model) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("POST")
                                .setPath("/v1/chat/completions")
                                .putHeaders("authorization", "Bearer " + key)
                                .setBody(Stack.body(model)))))
        .build();
  }

  private static CheckResponse check(CheckRequest request) {
    return AuthorizationGrpc.newBlockingStub(channel).check(request);
  }

  private static byte[] call(String method, byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel,
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build(),
        CallOptions.DEFAULT,
        message);
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
