package dev.sluice.ratelimit;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a request is, in one respect.
 *
 * @param entries from the outermost level of the rules to the innermost
 * @param ownLimit the limit to apply, whatever the rules say
 * @param hits to be counted, 0 to only look; when it is empty, those of the request
 */
public record Descriptor(List<Entry> entries, Optional<OwnLimit> ownLimit, OptionalLong hits) {
  public Descriptor {
    entries = List.copyOf(entries);
  }

  /** One level. */
  public record Entry(String key, String value) {}

  /**
   * A limit of the request's own.
   *
   * @param requests of an unsigned 32-bit number
   * @param unit as the protocol numbers it, so that an unknown one can be refused
   */
  public record OwnLimit(long requests, int unit) {}
}
