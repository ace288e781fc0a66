package dev.sluice.edge.ratelimit;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.sluice.ratelimit.Metadata;
import dev.sluice.ratelimit.Verdict;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.type.v3.RateLimitUnit;
import java.util.List;

/** What a response tells Envoy's other filters, in the shape that envoyproxy/ratelimit gives it. */
final class DynamicMetadata {
  private DynamicMetadata() {}

  static Struct of(RateLimitRequest request, Verdict verdict) {
    Struct.Builder all = Struct.newBuilder().putFields("domain", text(request.getDomain()));
    ListValue.Builder descriptors = ListValue.newBuilder();
    for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
      descriptors.addValues(Value.newBuilder().setStructValue(descriptor(descriptor)));
    }
    all.putFields("descriptors", Value.newBuilder().setListValue(descriptors).build());
    if (request.getHitsAddend() != 0) {
      all.putFields("hitsAddend", number(Integer.toUnsignedLong(request.getHitsAddend())));
    }
    Metadata.Fields metadata = ofPassed(verdict.statuses());
    if (!metadata.fields().isEmpty()) {
      all.putFields("metadata", value(metadata));
    }
    return all.build();
  }

  private static Struct descriptor(RateLimitDescriptor descriptor) {
    ListValue.Builder entries = ListValue.newBuilder();
    for (RateLimitDescriptor.Entry entry : descriptor.getEntriesList()) {
      entries.addValues(text(entry.getKey() + "=" + entry.getValue()));
    }
    Struct.Builder one =
        Struct.newBuilder().putFields("entries", Value.newBuilder().setListValue(entries).build());
    if (descriptor.hasLimit()) {
      one.putFields("limit", text(limit(descriptor.getLimit())));
    }
    if (descriptor.hasHitsAddend()) {
      one.putFields("hitsAddend", number(descriptor.getHitsAddend().getValue()));
    }
    return one.build();
  }

  /**
   * As protobuf's text format has it: without a zero, and WEEK, which it cannot name, as number.
   */
  private static String limit(RateLimitDescriptor.RateLimitOverride limit) {
    String requests =
        limit.getRequestsPerUnit() == 0
            ? ""
            : "requests_per_unit:" + Integer.toUnsignedString(limit.getRequestsPerUnit()) + " ";
    boolean named = limit.getUnit() != RateLimitUnit.UNRECOGNIZED;
    return requests + "unit:" + (named ? limit.getUnit().name() : limit.getUnitValue());
  }

  /** Where several rules have a field, the first counts. */
  private static Metadata.Fields ofPassed(List<Verdict.Status> statuses) {
    Metadata.Fields merged = Metadata.Fields.NONE;
    for (Verdict.Status status : statuses) {
      if (!status.overLimit()) {
        merged = merged.merged(status.metadata());
      }
    }
    return merged;
  }

  private static Value value(Metadata metadata) {
    Value.Builder value = Value.newBuilder();
    if (metadata instanceof Metadata.Text text) {
      value.setStringValue(text.text());
    } else if (metadata instanceof Metadata.Numeric number) {
      value.setNumberValue(number.number());
    } else if (metadata instanceof Metadata.Truth truth) {
      value.setBoolValue(truth.truth());
    } else if (metadata instanceof Metadata.Items items) {
      value.setListValue(ListValue.getDefaultInstance());
      items.items().forEach(item -> value.getListValueBuilder().addValues(value(item)));
    } else if (metadata instanceof Metadata.Fields fields) {
      value.setStructValue(Struct.getDefaultInstance());
      fields
          .fields()
          .forEach((key, inner) -> value.getStructValueBuilder().putFields(key, value(inner)));
    } else {
      value.setNullValue(NullValue.NULL_VALUE);
    }
    return value.build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value number(long number) {
    return Value.newBuilder().setNumberValue((double) number).build();
  }
}
