package dev.sluice.edge.ratelimit;

import dev.sluice.ratelimit.Descriptor;
import dev.sluice.ratelimit.Query;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Envoy's requests as ours. */
final class Queries {
  private Queries() {}

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
}
