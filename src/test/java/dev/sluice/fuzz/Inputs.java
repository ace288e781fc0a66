package dev.sluice.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.fuzz.Input.Door;
import dev.sluice.fuzz.Input.End;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One input after the other, each by the seed and its number alone, so that any can be repeated.
 */
final class Inputs {
  static final String DOMAIN = "fuzzed";
  private static final List<Door> DOORS = List.of(Door.GRPC, Door.HTTP, Door.DEBUG);
  private static final String[] KEYS = {"client", "rolling", "tenant", "free", "strong", "", "\n"};

  private final Random random;
  private final Mutation mutation;

  private Inputs(long seed) {
    this.random = new Random(seed);
    this.mutation = new Mutation(random);
  }

  /** The input of a number. */
  static Input of(long seed, long number) {
    // Neighbours must not be alike, as they are with seeds that differ by one.
    return new Inputs(new SplittableRandom(seed ^ Long.reverse(number)).nextLong()).next();
  }

  private Input next() {
    return switch (random.nextInt(12)) {
      case 0 -> input("garbage", door(), mutation.random(4_096), closing());
      case 1 -> input("frames", Door.GRPC, frames(), closing());
      case 2 -> input("broken message", Door.GRPC, brokenMessage(), closing());
      case 3 -> call("random protobuf", mutation.random(400));
      case 4, 5 -> call("mutated request", mutation.of(request().toByteArray()));
      case 6 -> input("call that is given up", Door.GRPC, givenUp(), closing());
      case 7 ->
          input(
              "mutated call",
              Door.GRPC,
              mutation.of(wholeCall(request().toByteArray())),
              closing());
      case 8 -> input("call with odd headers", Door.GRPC, oddHeaders(), closing());
      case 9 -> post("mutated JSON", mutation.of(json()));
      case 10 -> post("odd JSON", oddJson(0).getBytes(StandardCharsets.UTF_8));
      default -> input("mutated HTTP", httpDoor(), mutation.of(http(json())), closing());
    };
  }

  private static Input input(String kind, Door door, byte[] bytes, End end) {
    return new Input(kind, door, ByteString.copyFrom(bytes), end);
  }

  private Door door() {
    return DOORS.get(random.nextInt(DOORS.size()));
  }

  private Door httpDoor() {
    return random.nextInt(4) == 0 ? Door.DEBUG : Door.HTTP;
  }

  private End closing() {
    return random.nextInt(5) == 0 ? End.LEAVE : End.HALF_CLOSE;
  }

  /** A whole call, whatever its message. */
  private Input call(String kind, byte[] message) {
    return input(kind, Door.GRPC, wholeCall(message), End.WAIT);
  }

  private static byte[] wholeCall(byte[] message) {
    byte[] framed = Http2.message(0, message.length, message);
    return Http2.join(Http2.preface(), Http2.head(), data(framed));
  }

  /** In frames that no peer refuses for their length. */
  private static byte[] data(byte[] bytes) {
    byte[][] frames = new byte[bytes.length / 16_000 + 1][];
    for (int i = 0; i < frames.length; i++) {
      byte[] part = Arrays.copyOfRange(bytes, i * 16_000, Math.min(bytes.length, (i + 1) * 16_000));
      int flags = i == frames.length - 1 ? Http2.END_STREAM : 0;
      frames[i] = Http2.frame(Http2.DATA, flags, 1, part);
    }
    return Http2.join(frames);
  }

  private byte[] frames() {
    byte[][] frames = new byte[1 + random.nextInt(8)][];
    for (int i = 0; i < frames.length; i++) {
      byte[] payload = mutation.random(64);
      int length = random.nextInt(4) == 0 ? random.nextInt(1 << 24) : payload.length;
      int stream = random.nextBoolean() ? random.nextInt(6) : random.nextInt();
      frames[i] = Http2.frame(random.nextInt(12), random.nextInt(256), stream, length, payload);
    }
    byte[] begun = random.nextBoolean() ? Http2.head() : new byte[0];
    return Http2.join(Http2.preface(), begun, Http2.join(frames));
  }

  private byte[] brokenMessage() {
    byte[] message = request().toByteArray();
    int length =
        switch (random.nextInt(5)) {
          case 0 -> Integer.MAX_VALUE;
          case 1 -> -1;
          case 2 -> random.nextInt(message.length + 1);
          case 3 -> message.length + 1 + random.nextInt(100);
          default -> message.length;
        };
    byte[] framed =
        Http2.message(random.nextInt(3) == 0 ? random.nextInt(256) : 0, length, message);
    byte[] body = random.nextInt(3) == 0 ? Http2.join(framed, framed) : framed;
    return Http2.join(Http2.preface(), Http2.head(), data(body));
  }

  /** Cancelled, or never ended. */
  private byte[] givenUp() {
    byte[] message = request().toByteArray();
    byte[] framed = Http2.message(0, message.length, message);
    byte[] cancel = Http2.frame(Http2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
    byte[] some = Http2.frame(Http2.DATA, 0, 1, framed);
    return switch (random.nextInt(4)) {
      case 0 -> Http2.join(Http2.preface(), Http2.head(), cancel);
      case 1 -> Http2.join(Http2.preface(), Http2.head(), some, cancel);
      case 2 -> Http2.join(Http2.preface(), Http2.head(), some);
      default -> Http2.join(wholeCall(message), cancel);
    };
  }

  private byte[] oddHeaders() {
    byte[] message = request().toByteArray();
    String[] odd = {
      "grpc-timeout", "1n",
      "grpc-timeout", "99999999999H",
      "grpc-encoding", "gzip",
      "content-type", "text/plain",
      "x-long", "x".repeat(random.nextInt(50_000)),
      "x-any", new String(mutation.random(40), StandardCharsets.ISO_8859_1),
      ":path", "/" + random.nextInt(),
      "te", "",
      "x-bin", "=="
    };
    int pick = 2 * random.nextInt(odd.length / 2);
    return Http2.join(
        Http2.preface(),
        Http2.head(odd[pick], odd[pick + 1]),
        data(Http2.message(0, message.length, message)));
  }

  private Input post(String kind, byte[] body) {
    return input(kind, httpDoor(), http(body), End.WAIT);
  }

  /** To both paths alike: the one that a door has not is answered with an error. */
  private byte[] http(byte[] body) {
    String path = random.nextInt(4) == 0 ? "/explain" : "/json";
    String head =
        "POST %s HTTP/1.1\r\nhost: fuzz\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            .formatted(path, body.length);
    return Http2.join(head.getBytes(StandardCharsets.US_ASCII), body);
  }

  private byte[] json() {
    try {
      return JsonFormat.printer().print(request()).getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private RateLimitRequest request() {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(DOMAIN);
    request.setHitsAddend(random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3));
    for (int i = random.nextInt(4); i >= 0; i--) {
      RateLimitDescriptor.Builder descriptor = request.addDescriptorsBuilder();
      for (int entry = random.nextInt(3); entry >= 0; entry--) {
        descriptor
            .addEntriesBuilder()
            .setKey(KEYS[random.nextInt(KEYS.length)])
            .setValue(random.nextBoolean() ? "acme" : "v" + random.nextInt(50));
      }
      if (random.nextInt(4) == 0) {
        descriptor.setHitsAddend(UInt64Value.of(random.nextLong() >> random.nextInt(64)));
      }
      if (random.nextInt(4) == 0) {
        descriptor
            .getLimitBuilder()
            .setRequestsPerUnit(random.nextInt())
            .setUnitValue(random.nextInt(10) - 1);
      }
    }
    return request.build();
  }

  private String oddJson(int depth) {
    return switch (random.nextInt(depth > 6 ? 5 : 8)) {
      case 0 -> "null";
      case 1 -> Long.toString(random.nextLong());
      case 2 -> "1e" + random.nextInt(2_000);
      case 3 -> "\"\\u" + "%04x".formatted(random.nextInt(1 << 16)) + "\"";
      case 4 -> "\"" + DOMAIN + "\"";
      case 5 -> "[" + oddJson(depth + 1) + "," + oddJson(depth + 1) + "]";
      default -> {
        StringBuilder object = new StringBuilder("{\"domain\":").append(oddJson(depth + 3));
        for (String name : new String[] {"descriptors", "entries", "limit", "hitsAddend", "key"}) {
          if (random.nextInt(3) == 0) {
            object.append(",\"").append(name).append("\":").append(oddJson(depth + 1));
          }
        }
        yield object.append('}').toString();
      }
    };
  }
}
