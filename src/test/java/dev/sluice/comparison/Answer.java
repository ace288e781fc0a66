package dev.sluice.comparison;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What a server answered. Times until a reset are seconds of the clock, so two servers cannot be
 * compared by them: those that lead to the end of a window are set to zero, and any other stays.
 *
 * @param status of HTTP or gRPC, with what it says beside a response
 */
record Answer(String status, Optional<RateLimitResponse> response) {
  private static final String RESET = "RateLimit-Reset";

  static Answer failed(String status) {
    return new Answer(status, Optional.empty());
  }

  /**
   * @param before when it was asked for
   * @param after when it came, both in seconds since the epoch
   */
  static Answer of(long before, RateLimitResponse response, long after) {
    return new Answer("OK", Optional.of(timeless(before, response, after)));
  }

  static Answer ofJson(long before, int status, String body, long after) {
    RateLimitResponse.Builder response = RateLimitResponse.newBuilder();
    try {
      JsonFormat.parser().merge(body, response);
      return new Answer(
          Integer.toString(status), Optional.of(timeless(before, response.build(), after)));
    } catch (InvalidProtocolBufferException e) {
      return failed(status + " " + body.strip());
    }
  }

  private static RateLimitResponse timeless(long before, RateLimitResponse response, long after) {
    RateLimitResponse.Builder timeless = response.toBuilder();
    for (DescriptorStatus.Builder status : timeless.getStatusesBuilderList()) {
      long unit = seconds(status.getCurrentLimit().getUnitValue());
      if (status.hasDurationUntilReset()
          && endsWindow(before, after, status.getDurationUntilReset().getSeconds(), unit)) {
        status.setDurationUntilReset(Duration.getDefaultInstance());
      }
    }
    for (HeaderValue.Builder header : timeless.getResponseHeadersToAddBuilderList()) {
      if (header.getKey().equals(RESET)
          && response.getStatusesList().stream()
              .map(status -> seconds(status.getCurrentLimit().getUnitValue()))
              .anyMatch(
                  unit -> endsWindow(before, after, Long.parseLong(header.getValue()), unit))) {
        header.setValue("at the end of a window");
      }
    }
    return timeless.build();
  }

  private static boolean endsWindow(long before, long after, long left, long unit) {
    return unit > 0
        && left >= 1
        && left <= unit
        && LongStream.rangeClosed(before, after).anyMatch(time -> (time + left) % unit == 0);
  }

  /** Of a unit by its number in the protocol. */
  private static long seconds(int unit) {
    long day = 24 * 3600;
    return switch (unit) {
      case 1 -> 1;
      case 2 -> 60;
      case 3 -> 3600;
      case 4 -> day;
      case 5 -> 30 * day;
      case 6 -> 365 * day;
      case 7 -> 7 * day;
      default -> 0;
    };
  }

  @Override
  public String toString() {
    try {
      return response.isEmpty()
          ? status
          : status
              + " "
              + JsonFormat.printer()
                  .omittingInsignificantWhitespace()
                  .sortingMapKeys()
                  .print(response.get());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
