package dev.sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The environment variables of envoyproxy/ratelimit for what is a setting of Sluice as well, so
 * that an installation can change the server and keep its environment.
 */
final class ReferenceVariables {
  private static final UnaryOperator<String> AS_IT_IS = UnaryOperator.identity();
  private static final Set<String> TRUE = Set.of("1", "t", "true");
  private static final Set<String> FALSE = Set.of("0", "f", "false");

  private static final List<Variable> VARIABLES =
      List.of(
          new Variable("CACHE_KEY_PREFIX", "rateLimit.keyPrefix", AS_IT_IS),
          new Variable("LOCAL_CACHE_SIZE_IN_BYTES", "rateLimit.localCacheBytes", AS_IT_IS),
          new Variable("NEAR_LIMIT_RATIO", "rateLimit.nearLimitRatio", AS_IT_IS),
          new Variable(
              "EXPIRATION_JITTER_MAX_SECONDS", "rateLimit.expiryJitter", text -> text + "s"),
          new Variable(
              "STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT",
              "rateLimit.stopWhenOver",
              ReferenceVariables::truth),
          new Variable("SHADOW_MODE", "rateLimit.shadowMode", ReferenceVariables::truth),
          new Variable("QUOTA_MODE", "rateLimit.quotaMode", ReferenceVariables::truth),
          new Variable(
              "LIMIT_RESPONSE_HEADERS_ENABLED",
              "rateLimit.responseHeaders.enabled",
              ReferenceVariables::truth),
          new Variable("LIMIT_LIMIT_HEADER", "rateLimit.responseHeaders.limit", AS_IT_IS),
          new Variable("LIMIT_REMAINING_HEADER", "rateLimit.responseHeaders.remaining", AS_IT_IS),
          new Variable("LIMIT_RESET_HEADER", "rateLimit.responseHeaders.reset", AS_IT_IS),
          new Variable(
              "RESPONSE_DYNAMIC_METADATA", "rateLimit.dynamicMetadata", ReferenceVariables::truth));

  private ReferenceVariables() {}

  /**
   * @param translation of a value; what it does not understand it leaves, to be reported as wrong
   */
  private record Variable(String name, String path, UnaryOperator<String> translation) {}

  /**
   * A setting that the environment has under another name.
   *
   * @param path of the setting in {@code sluice.yaml}
   * @param name of the variable
   */
  record Setting(String path, String name, String value) {}

  /** An empty variable counts as not set. */
  static List<Setting> in(Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>();
    for (Variable variable : VARIABLES) {
      Optional.ofNullable(environment.get(variable.name))
          .filter(value -> !value.isEmpty())
          .map(
              value -> new Setting(variable.path, variable.name, variable.translation.apply(value)))
          .ifPresent(settings::add);
    }
    if (truth(environment.getOrDefault("REDIS_PERSECOND", "")).equals("true")) {
      settings.add(perSecondRedis(environment));
    }
    return settings;
  }

  private static Setting perSecondRedis(Map<String, String> environment) {
    String url =
        ReferenceRedis.url(
            environment.getOrDefault("REDIS_PERSECOND_TYPE", ""),
            environment.getOrDefault("REDIS_PERSECOND_URL", "/"),
            environment.getOrDefault("REDIS_PERSECOND_AUTH", ""),
            truth(environment.getOrDefault("REDIS_PERSECOND_TLS", "")).equals("true"));
    return new Setting("rateLimit.perSecondRedis", "REDIS_PERSECOND_URL", url);
  }

  /** As Go reads it. */
  private static String truth(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (TRUE.contains(lower)) {
      return "true";
    }
    return FALSE.contains(lower) ? "false" : text;
  }
}
