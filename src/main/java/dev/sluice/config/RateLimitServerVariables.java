package dev.sluice.config;

import dev.sluice.config.ReferenceVariables.Setting;
import dev.sluice.config.ReferenceVariables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The variables of envoyproxy/ratelimit that a server in its place reads, beside those that are
 * settings of {@code sluice.yaml} as well. Fields that {@code sluice.yaml} has too are called as
 * there.
 */
final class RateLimitServerVariables {
  private static final List<Variable> VARIABLES =
      List.of(
          same("GRPC_HOST", "grpc.host"),
          same("GRPC_PORT", "grpc.port"),
          new Variable("GRPC_MAX_CONNECTION_AGE", "grpc.maxConnectionAge", GoText::age),
          new Variable("GRPC_MAX_CONNECTION_AGE_GRACE", "grpc.maxConnectionAgeGrace", GoText::age),
          truth("GRPC_SERVER_USE_TLS", "grpcTls"),
          same("HOST", "http.host"),
          same("PORT", "http.port"),
          same("DEBUG_HOST", "debug.host"),
          same("DEBUG_PORT", "debug.port"),
          truth("REDIS_TLS", "redisTlsEnabled"),
          truth("REDIS_TLS_SKIP_HOSTNAME_VERIFICATION", "redisTlsAnyHost"),
          truth("REDIS_PERSECOND", "perSecondRedisEnabled"),
          truth("REDIS_PERSECOND_TLS", "perSecondRedisTlsEnabled"),
          truth("REDIS_HEALTH_CHECK_ACTIVE_CONNECTION", "health.redis"),
          truth("HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "health.rules"),
          same("CONFIG_TYPE", "rules.source"),
          same("RUNTIME_ROOT", "rules.root"),
          same("RUNTIME_SUBDIRECTORY", "rules.subdirectory"),
          same("RUNTIME_APPDIRECTORY", "rules.appDirectory"),
          truth("RUNTIME_IGNOREDOTFILES", "rules.ignoreDotFiles"),
          truth("MERGE_DOMAIN_CONFIG", "rules.mergeDomains"),
          same("CONFIG_GRPC_XDS_SERVER_URL", "discovery.server"),
          same("CONFIG_GRPC_XDS_NODE_ID", "discovery.nodeId"),
          same("CONFIG_GRPC_XDS_NODE_METADATA", "discovery.nodeMetadata"),
          same("CONFIG_GRPC_XDS_CLIENT_ADDITIONAL_HEADERS", "discovery.headers"),
          truth("CONFIG_GRPC_XDS_SERVER_USE_TLS", "discovery.useTls"),
          same("CONFIG_GRPC_XDS_SERVER_TLS_SAN", "discovery.serverName"),
          same("XDS_CLIENT_MAX_MSG_SIZE_IN_BYTES", "discovery.maxMessageBytes"),
          new Variable(
              "XDS_CLIENT_BACKOFF_INITIAL_INTERVAL", "discovery.firstWait", GoText::duration),
          new Variable(
              "XDS_CLIENT_BACKOFF_MAX_INTERVAL", "discovery.longestWait", GoText::duration),
          same("XDS_CLIENT_BACKOFF_RANDOM_FACTOR", "discovery.randomFactor"),
          truth("XDS_CLIENT_BACKOFF_JITTER", "discovery.jitter"),
          truth("DISABLE_STATS", "statistics.disabled"),
          truth("USE_STATSD", "statsd.enabled"),
          same("STATSD_HOST", "statsd.host"),
          same("STATSD_PORT", "statsd.port"),
          new Variable("STATS_FLUSH_INTERVAL", "statsd.interval", GoText::duration),
          same("EXTRA_TAGS", "statsd.tags"),
          truth("USE_PROMETHEUS", "metrics.enabled"),
          same("PROMETHEUS_PATH", "metrics.path"),
          same("PROMETHEUS_MAPPER_YAML", "metrics.mapping"),
          new Variable("LOG_LEVEL", "log.level", GoText::level),
          new Variable("LOG_FORMAT", "log.format", text -> text.toLowerCase(Locale.ROOT)));

  private RateLimitServerVariables() {}

  private static Variable same(String name, String path) {
    return new Variable(name, path, ReferenceVariables.AS_IT_IS);
  }

  private static Variable truth(String name, String path) {
    return new Variable(name, path, GoText::truth);
  }

  /**
   * All that is set.
   *
   * @param environment without what is empty
   */
  static List<Setting> in(Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>(ReferenceVariables.in(environment));
    VARIABLES.forEach(variable -> variable.in(environment).ifPresent(settings::add));
    prometheus(environment.getOrDefault("PROMETHEUS_ADDR", ""), settings);
    redis(environment, settings);
    if (isTrue(environment, "CONFIG_GRPC_XDS_SERVER_USE_TLS")) {
      files(
          environment,
          Map.of(
              "CONFIG_GRPC_XDS_CLIENT_TLS_CERT", "discovery.tls.certificate",
              "CONFIG_GRPC_XDS_CLIENT_TLS_KEY", "discovery.tls.key",
              "CONFIG_GRPC_XDS_SERVER_TLS_CACERT", "discovery.tls.ca"),
          settings);
    }
    if (isTrue(environment, "GRPC_SERVER_USE_TLS")) {
      files(
          environment,
          Map.of(
              "GRPC_SERVER_TLS_CERT", "grpc.tls.certificate",
              "GRPC_SERVER_TLS_KEY", "grpc.tls.key",
              "GRPC_CLIENT_TLS_CACERT", "grpc.tls.clientCertificates",
              "GRPC_CLIENT_TLS_SAN", "grpc.tls.clientName"),
          settings);
    }
    return settings;
  }

  /** {@code host:port}, or {@code :port} for every address. */
  private static void prometheus(String address, List<Setting> settings) {
    int colon = address.lastIndexOf(':');
    if (address.isEmpty()) {
      return;
    }
    String host = address.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
    if (!host.isEmpty()) {
      settings.add(new Setting("metrics.host", "PROMETHEUS_ADDR", host));
    }
    settings.add(new Setting("metrics.port", "PROMETHEUS_ADDR", address.substring(colon + 1)));
  }

  private static void redis(Map<String, String> environment, List<Setting> settings) {
    boolean tls = isTrue(environment, "REDIS_TLS");
    if (environment.containsKey("REDIS_URL")) {
      String url =
          ReferenceRedis.url(
              environment.getOrDefault("REDIS_TYPE", ""),
              environment.getOrDefault("REDIS_URL", ""),
              environment.getOrDefault("REDIS_AUTH", ""),
              environment.getOrDefault("REDIS_SENTINEL_AUTH", ""),
              tls,
              isTrue(environment, "REDIS_TLS_SKIP_HOSTNAME_VERIFICATION"));
      settings.add(new Setting("redis", "REDIS_URL", url));
    }
    if (tls || isTrue(environment, "REDIS_PERSECOND_TLS")) {
      files(
          environment,
          Map.of(
              "REDIS_TLS_CLIENT_CERT", "redisTls.certificate",
              "REDIS_TLS_CLIENT_KEY", "redisTls.key",
              "REDIS_TLS_CACERT", "redisTls.ca"),
          settings);
    }
  }

  private static void files(
      Map<String, String> environment, Map<String, String> paths, List<Setting> settings) {
    paths.forEach((name, path) -> same(name, path).in(environment).ifPresent(settings::add));
  }

  static boolean isTrue(Map<String, String> environment, String name) {
    return GoText.isTrue(environment.getOrDefault(name, ""));
  }
}
