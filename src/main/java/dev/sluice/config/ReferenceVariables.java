package dev.sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The environment variables of envoyproxy/ratelimit for what is a setting of Sluice as well, so
 * that an installation can change the server and keep its environment.
 */
final class ReferenceVariables {
  static final UnaryOperator<String> AS_IT_IS = UnaryOperator.identity();

  private static final List<Variable> VARIABLES =
      List.of(
          new Variable("CACHE_KEY_PREFIX", "rateLimit.keyPrefix", AS_IT_IS),
          new Variable("LOCAL_CACHE_SIZE_IN_BYTES", "rateLimit.localCacheBytes", AS_IT_IS),
          new Variable("NEAR_LIMIT_RATIO", "rateLimit.nearLimitRatio", AS_IT_IS),
          new Variable(
              "EXPIRATION_JITTER_MAX_SECONDS", "rateLimit.expiryJitter", text -> text + "s"),
          new Variable(
              "STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT", "rateLimit.stopWhenOver", GoText::truth),
          new Variable("SHADOW_MODE", "rateLimit.shadowMode", GoText::truth),
          new Variable("QUOTA_MODE", "rateLimit.quotaMode", GoText::truth),
          new Variable(
              "LIMIT_RESPONSE_HEADERS_ENABLED", "rateLimit.responseHeaders.enabled", GoText::truth),
          new Variable("LIMIT_LIMIT_HEADER", "rateLimit.responseHeaders.limit", AS_IT_IS),
          new Variable("LIMIT_REMAINING_HEADER", "rateLimit.responseHeaders.remaining", AS_IT_IS),
          new Variable("LIMIT_RESET_HEADER", "rateLimit.responseHeaders.reset", AS_IT_IS),
          new Variable("RESPONSE_DYNAMIC_METADATA", "rateLimit.dynamicMetadata", GoText::truth));

  private ReferenceVariables() {}

  /**
   * @param translation of a value; what it does not understand it leaves, to be reported as wrong
   */
  record Variable(String name, String path, UnaryOperator<String> translation) {
    /** What the environment sets; an empty variable counts as not set. */
    Optional<Setting> in(Map<String, String> environment) {
      return Optional.ofNullable(environment.get(name))
          .filter(value -> !value.isEmpty())
          .map(value -> new Setting(path, name, translation.apply(value)));
    }
  }

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
      variable.in(environment).ifPresent(settings::add);
    }
    if (GoText.isTrue(environment.getOrDefault("REDIS_PERSECOND", ""))) {
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
            environment.getOrDefault("REDIS_PERSECOND_SENTINEL_AUTH", ""),
            GoText.isTrue(environment.getOrDefault("REDIS_PERSECOND_TLS", "")),
            GoText.isTrue(environment.getOrDefault("REDIS_TLS_SKIP_HOSTNAME_VERIFICATION", "")));
    return new Setting("rateLimit.perSecondRedis", "REDIS_PERSECOND_URL", url);
  }
}
