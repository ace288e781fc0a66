package dev.sluice.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.xds.proto.RateLimitConfig;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rules of a response. The messages have the fields of rule files by the same names, so each is
 * written as one, in JSON, and read as those are: with the same checks, and the same words.
 */
final class RuleTexts {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames();

  private RuleTexts() {}

  /**
   * Reads them. Takes a while for many, so not on an event loop.
   *
   * @throws InvalidRules with everything that is wrong with them
   * @throws InvalidProtocolBufferException when a resource is something else
   */
  static LoadedRules read(DiscoveryResponse response)
      throws InvalidRules, InvalidProtocolBufferException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Any resource : response.getResourcesList()) {
      if (!resource.getTypeUrl().equals(Discovery.TYPE)) {
        throw new InvalidProtocolBufferException(
            "a resource is of the type '%s', expected '%s'"
                .formatted(resource.getTypeUrl(), Discovery.TYPE));
      }
      RateLimitConfig config = RateLimitConfig.parseFrom(resource.getValue());
      String name = config.getName().isEmpty() ? config.getDomain() : config.getName();
      String unique = name;
      for (int i = 2; texts.containsKey(unique); i++) {
        unique = name + " (" + i + ")";
      }
      // The name is the file's, so to say, and stands in none.
      texts.put(unique, PRINTER.print(config.toBuilder().clearName()));
    }
    return RuleLoader.read(texts);
  }
}
