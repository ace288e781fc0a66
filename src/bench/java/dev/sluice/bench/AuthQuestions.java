package dev.sluice.bench;

import dev.sluice.policy.DoorMode;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What NGINX asks {@code /auth}: a request of each key in turn. */
final class AuthQuestions implements Questions<byte[], HttpResponse> {
  private final List<UserKey> keys;
  private final List<byte[]> requests;
  private final EdgeTarget.Kind target;
  private final DoorMode mode;

  AuthQuestions(List<UserKey> keys, EdgeTarget.Kind target, DoorMode mode) {
    this.keys = keys;
    this.target = target;
    this.mode = mode;
    this.requests =
        IntStream.range(0, keys.size()).mapToObj(i -> request(i, keys.get(i), mode)).toList();
  }

  private static byte[] request(int index, UserKey key, DoorMode mode) {
    String model = mode == DoorMode.FULL ? "X-Sluice-Model: " + GatewayStack.MODEL + "\r\n" : "";
    return """
        GET /auth HTTP/1.1\r
        Host: sluice\r
        X-Original-URI: /v1/chat/completions\r
        X-Original-Method: POST\r
        X-Request-ID: 0b3e7d1c-0000-4000-8000-%012d\r
        Authorization: Bearer %s\r
        Accept: application/json\r
        Accept-Encoding: gzip, deflate\r
        Content-Type: application/json\r
        User-Agent: OpenAI/Python 2.8.0\r
        %s\r
        """
        .formatted(index, key.text(), model)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int count() {
    return requests.size();
  }

  @Override
  public byte[] question(int index) {
    return requests.get(index);
  }

  @Override
  public Optional<String> wrong(int index, HttpResponse answer) {
    String always = mode == DoorMode.FRONT ? "x-sluice-proof" : "x-ratelimit-remaining-requests";
    boolean right =
        answer.status().code() == 200
            && (target == EdgeTarget.Kind.NO_OP
                || (keys.get(index).user().equals(answer.headers().get("x-sluice-user"))
                    && answer.headers().contains(always)));
    return right ? Optional.empty() : Optional.of(answer.toString());
  }
}
