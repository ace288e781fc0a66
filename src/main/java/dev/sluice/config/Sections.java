package dev.sluice.config;

import dev.sluice.tls.ClientTlsMaterial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The sections of {@code sluice.yaml}: what follows a changed file at once, and what is read only
 * when a server starts. Each section is one of the two.
 */
final class Sections {
  /** Of {@code rateLimit}, the directory follows too. */
  static final Set<String> FOLLOWED =
      Set.of("sambastack", "maintenanceEnds", "models", "deployments");

  /** By name: what is compared. */
  static final Map<String, Function<SluiceConfig, Object>> READ_ONCE = new LinkedHashMap<>();

  static {
    READ_ONCE.put("redis", SluiceConfig::redis);
    READ_ONCE.put("redisTls", all -> all.redisTls().map(ClientTlsMaterial::files));
    READ_ONCE.put("dataDirectory", SluiceConfig::dataDirectory);
    READ_ONCE.put("gateway", SluiceConfig::gateway);
    READ_ONCE.put("grpc", SluiceConfig::grpc);
    READ_ONCE.put("http", SluiceConfig::http);
    READ_ONCE.put("extAuthz", SluiceConfig::extAuthz);
    READ_ONCE.put("auth", SluiceConfig::auth);
    READ_ONCE.put("publicPaths", SluiceConfig::publicPaths);
    READ_ONCE.put("outage", SluiceConfig::outage);
    READ_ONCE.put("rateLimit", all -> all.rateLimit().withoutDirectory());
    READ_ONCE.put("metrics", SluiceConfig::metrics);
    READ_ONCE.put("debug", SluiceConfig::debug);
    READ_ONCE.put("log", SluiceConfig::log);
    READ_ONCE.put("decisionLog", SluiceConfig::decisionLog);
    READ_ONCE.put("refusals", SluiceConfig::refusals);
    READ_ONCE.put("drainTimeout", SluiceConfig::drainTimeout);
    READ_ONCE.put("lease", SluiceConfig::lease);
    READ_ONCE.put("lastUseInterval", SluiceConfig::lastUseInterval);
  }

  private Sections() {}
}
