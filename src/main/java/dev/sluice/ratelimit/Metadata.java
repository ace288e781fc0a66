package dev.sluice.ratelimit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a rule's {@code metadata}, which Sluice passes on and does not look at. */
public sealed interface Metadata {
  record Text(String text) implements Metadata {}

  record Numeric(double number) implements Metadata {}

  record Truth(boolean truth) implements Metadata {}

  record Nothing() implements Metadata {}

  record Items(List<Metadata> items) implements Metadata {
    public Items {
      items = List.copyOf(items);
    }
  }

  /**
   * A map.
   *
   * @param fields in the order of the file
   */
  record Fields(Map<String, Metadata> fields) implements Metadata {
    public static final Fields NONE = new Fields(Map.of());

    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** With the fields of another that are not here; maps that both have are merged as well. */
    public Fields merged(Fields others) {
      if (fields.isEmpty() || others.fields.isEmpty()) {
        return fields.isEmpty() ? others : this;
      }
      Map<String, Metadata> merged = new LinkedHashMap<>(fields);
      others.fields.forEach(
          (key, other) ->
              merged.merge(
                  key,
                  other,
                  (mine, theirs) ->
                      mine instanceof Fields inner && theirs instanceof Fields more
                          ? inner.merged(more)
                          : mine));
      return new Fields(merged);
    }
  }
}
