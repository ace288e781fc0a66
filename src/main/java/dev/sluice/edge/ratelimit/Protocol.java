package dev.sluice.edge.ratelimit;

import com.google.protobuf.Duration;
import dev.sluice.ratelimit.Descriptor;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.Query;
import dev.sluice.ratelimit.Verdict;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Envoy's messages and ours. */
final class Protocol {
  private Protocol() {}

  static Query query(RateLimitRequest request) {
    List<Descriptor> descriptors = new ArrayList<>(request.getDescriptorsCount());
    for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
      descriptors.add(descriptor(descriptor));
    }
    return new Query(
        request.getDomain(), descriptors, Integer.toUnsignedLong(request.getHitsAddend()));
  }

  private static Descriptor descriptor(RateLimitDescriptor descriptor) {
    List<Descriptor.Entry> entries = new ArrayList<>(descriptor.getEntriesCount());
    for (RateLimitDescriptor.Entry entry : descriptor.getEntriesList()) {
      entries.add(new Descriptor.Entry(entry.getKey(), entry.getValue()));
    }
    return new Descriptor(
        entries,
        descriptor.hasLimit() ? Optional.of(override(descriptor)) : Optional.empty(),
        descriptor.hasHitsAddend()
            ? OptionalLong.of(descriptor.getHitsAddend().getValue())
            : OptionalLong.empty());
  }

  /** The unit by its number: a request's enumeration has no WEEK, and Envoy may send one. */
  private static Descriptor.OwnLimit override(RateLimitDescriptor descriptor) {
    RateLimitDescriptor.RateLimitOverride limit = descriptor.getLimit();
    return new Descriptor.OwnLimit(
        Integer.toUnsignedLong(limit.getRequestsPerUnit()), limit.getUnitValue());
  }

  static RateLimitResponse response(Verdict verdict) {
    RateLimitResponse.Builder response =
        RateLimitResponse.newBuilder().setOverallCode(code(verdict.overLimit()));
    for (Verdict.Status status : verdict.statuses()) {
      response.addStatuses(status(status));
    }
    return response.build();
  }

  private static DescriptorStatus status(Verdict.Status status) {
    DescriptorStatus.Builder built =
        DescriptorStatus.newBuilder()
            .setCode(code(status.overLimit()))
            .setLimitRemaining((int) status.remaining());
    if (status.limit().isPresent()) {
      built
          .setCurrentLimit(limit(status.limit().get()))
          .setDurationUntilReset(Duration.newBuilder().setSeconds(status.secondsUntilReset()));
    }
    return built.build();
  }

  private static RateLimit limit(Limit limit) {
    return RateLimit.newBuilder()
        .setName(limit.name())
        .setRequestsPerUnit((int) limit.requests())
        .setUnitValue(limit.unit().number())
        .build();
  }

  private static Code code(boolean overLimit) {
    return overLimit ? Code.OVER_LIMIT : Code.OK;
  }
}
