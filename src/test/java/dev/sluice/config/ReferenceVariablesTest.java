package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every variable of envoyproxy/ratelimit's {@code settings.go}, as of July 2026: none of them is
 * overlooked without a word.
 */
final class ReferenceVariablesTest {
  /** With a value that is not the default, and before it, where needed, what makes it count. */
  private static final String SUPPORTED =
      """
      HOST=127.0.0.9
      PORT=9
      DEBUG_HOST=127.0.0.9
      DEBUG_PORT=9
      GRPC_HOST=127.0.0.9
      GRPC_PORT=9
      GRPC_MAX_CONNECTION_AGE=9m
      GRPC_MAX_CONNECTION_AGE_GRACE=9m
      GRPC_SERVER_TLS_CERT={tls}/a.crt GRPC_SERVER_TLS_KEY={tls}/a.key GRPC_SERVER_USE_TLS=true
      GRPC_SERVER_USE_TLS=true GRPC_SERVER_TLS_KEY={tls}/a.key GRPC_SERVER_TLS_CERT={tls}/a.crt
      GRPC_SERVER_USE_TLS=true GRPC_SERVER_TLS_CERT={tls}/a.crt GRPC_SERVER_TLS_KEY={tls}/a.key
      GRPC_SERVER_USE_TLS=true GRPC_SERVER_TLS_CERT={tls}/a.crt GRPC_SERVER_TLS_KEY={tls}/a.key GRPC_CLIENT_TLS_CACERT={tls}/ca.crt
      GRPC_SERVER_USE_TLS=true GRPC_SERVER_TLS_CERT={tls}/a.crt GRPC_SERVER_TLS_KEY={tls}/a.key GRPC_CLIENT_TLS_CACERT={tls}/ca.crt GRPC_CLIENT_TLS_SAN=edge
      LOG_LEVEL=error
      LOG_FORMAT=json
      CONFIG_TYPE=GRPC_XDS_SOTW
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_NODE_ID=x
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_NODE_METADATA=a=b
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_URL=x:1
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_CLIENT_ADDITIONAL_HEADERS=a:b
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_USE_TLS=true
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_USE_TLS=true CONFIG_GRPC_XDS_CLIENT_TLS_KEY={tls}/a.key CONFIG_GRPC_XDS_CLIENT_TLS_CERT={tls}/a.crt
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_USE_TLS=true CONFIG_GRPC_XDS_CLIENT_TLS_CERT={tls}/a.crt CONFIG_GRPC_XDS_CLIENT_TLS_KEY={tls}/a.key
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_USE_TLS=true CONFIG_GRPC_XDS_SERVER_TLS_CACERT={tls}/ca.crt
      CONFIG_TYPE=GRPC_XDS_SOTW CONFIG_GRPC_XDS_SERVER_TLS_SAN=x
      CONFIG_TYPE=GRPC_XDS_SOTW XDS_CLIENT_BACKOFF_INITIAL_INTERVAL=1s
      CONFIG_TYPE=GRPC_XDS_SOTW XDS_CLIENT_BACKOFF_MAX_INTERVAL=90s
      CONFIG_TYPE=GRPC_XDS_SOTW XDS_CLIENT_BACKOFF_RANDOM_FACTOR=0.1
      CONFIG_TYPE=GRPC_XDS_SOTW XDS_CLIENT_BACKOFF_JITTER=false
      CONFIG_TYPE=GRPC_XDS_SOTW XDS_CLIENT_MAX_MSG_SIZE_IN_BYTES=9999
      USE_STATSD=false
      STATSD_HOST=x
      STATSD_PORT=9
      EXTRA_TAGS=a:b
      STATS_FLUSH_INTERVAL=9s
      DISABLE_STATS=true
      USE_PROMETHEUS=true
      USE_PROMETHEUS=true PROMETHEUS_ADDR=:9
      USE_PROMETHEUS=true PROMETHEUS_PATH=/x
      USE_PROMETHEUS=true PROMETHEUS_MAPPER_YAML={tls}/map.yaml
      RUNTIME_ROOT=/x
      RUNTIME_SUBDIRECTORY=x
      RUNTIME_APPDIRECTORY=x
      RUNTIME_IGNOREDOTFILES=true
      EXPIRATION_JITTER_MAX_SECONDS=9
      LOCAL_CACHE_SIZE_IN_BYTES=1000000
      NEAR_LIMIT_RATIO=0.5
      CACHE_KEY_PREFIX=x
      STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT=true
      LIMIT_RESPONSE_HEADERS_ENABLED=true
      LIMIT_RESPONSE_HEADERS_ENABLED=true LIMIT_LIMIT_HEADER=x
      LIMIT_RESPONSE_HEADERS_ENABLED=true LIMIT_REMAINING_HEADER=x
      LIMIT_RESPONSE_HEADERS_ENABLED=true LIMIT_RESET_HEADER=x
      HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED=true
      REDIS_URL=x:1
      REDIS_TYPE=CLUSTER
      REDIS_AUTH=x
      REDIS_TLS=true
      REDIS_TLS=true REDIS_TLS_CLIENT_KEY={tls}/a.key REDIS_TLS_CLIENT_CERT={tls}/a.crt
      REDIS_TLS=true REDIS_TLS_CLIENT_CERT={tls}/a.crt REDIS_TLS_CLIENT_KEY={tls}/a.key
      REDIS_TLS=true REDIS_TLS_CACERT={tls}/ca.crt
      REDIS_TLS=true REDIS_TLS_SKIP_HOSTNAME_VERIFICATION=true
      REDIS_PERSECOND_URL=x:1 REDIS_PERSECOND=true
      REDIS_PERSECOND=true REDIS_PERSECOND_URL=x:1
      REDIS_PERSECOND=true REDIS_PERSECOND_URL=x:1 REDIS_PERSECOND_TYPE=CLUSTER
      REDIS_PERSECOND=true REDIS_PERSECOND_URL=x:1 REDIS_PERSECOND_AUTH=x
      REDIS_PERSECOND=true REDIS_PERSECOND_URL=x:1 REDIS_PERSECOND_TLS=true
      REDIS_TYPE=SENTINEL REDIS_URL=m,x:1 REDIS_SENTINEL_AUTH=x
      REDIS_PERSECOND=true REDIS_PERSECOND_TYPE=SENTINEL REDIS_PERSECOND_URL=m,x:1 REDIS_PERSECOND_SENTINEL_AUTH=x
      REDIS_HEALTH_CHECK_ACTIVE_CONNECTION=true
      SHADOW_MODE=true
      QUOTA_MODE=true
      RESPONSE_DYNAMIC_METADATA=true
      MERGE_DOMAIN_CONFIG=true
      """;

  private static Path folder;

  @BeforeAll
  static void writeFiles(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Files.writeString(folder.resolve("map.yaml"), "mappings: []\n");
    Authority authority = new Authority("any");
    authority.write(folder.resolve("ca.crt"));
    Authority.write(folder, "a", authority.issue("a"));
  }

  private static RateLimitServerConfig read(Map<String, String> variables)
      throws InvalidConfiguration {
    Map<String, String> environment = new HashMap<>(Map.of("REDIS_URL", "r:1"));
    environment.putAll(variables);
    return new RateLimitEnvironment(environment).read();
  }

  static Stream<String> supported() {
    return SUPPORTED.lines();
  }

  @ParameterizedTest
  @MethodSource("supported")
  void supportedVariable_changesTheSettings(String line) throws Exception {
    List<String> variables = List.of(line.replace("{tls}", folder.toString()).split(" ", -1));
    Map<String, String> environment = new HashMap<>();
    variables.forEach(pair -> environment.put(pair.split("=", 2)[0], pair.split("=", 2)[1]));
    String last = variables.get(variables.size() - 1).split("=", 2)[0];

    RateLimitServerConfig with = read(environment);

    environment.remove(last);
    assertThat(with.warnings()).isEmpty();
    assertThat(with).isNotEqualTo(orNothing(environment));
  }

  /** What is half there only is no settings at all. */
  private static Object orNothing(Map<String, String> environment) {
    try {
      return read(environment);
    } catch (InvalidConfiguration e) {
      return "nothing";
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FORCE_START_WITHOUT_INITIAL_CONFIG",
        "CONFIG_GRPC_XDS_SERVER_CONNECT_RETRY_INTERVAL",
        "RUNTIME_WATCH_ROOT",
        "USE_DOG_STATSD_MOGRIFIERS",
        "REDIS_POOL_SIZE",
        "REDIS_PIPELINE_WINDOW",
        "REDIS_PIPELINE_LIMIT",
        "REDIS_PERSECOND_POOL_SIZE",
        "REDIS_PERSECOND_PIPELINE_WINDOW",
        "REDIS_PERSECOND_PIPELINE_LIMIT",
        "REDIS_TIMEOUT",
        "REDIS_PERSECOND_TIMEOUT",
        "REDIS_POOL_ON_EMPTY_BEHAVIOR",
        "REDIS_PERSECOND_POOL_ON_EMPTY_BEHAVIOR",
        "MEMCACHE_HOST_PORT",
        "MEMCACHE_MAX_IDLE_CONNS",
        "MEMCACHE_SRV",
        "MEMCACHE_SRV_REFRESH",
        "MEMCACHE_TLS",
        "MEMCACHE_TLS_CLIENT_CERT",
        "MEMCACHE_TLS_CLIENT_KEY",
        "MEMCACHE_TLS_CACERT",
        "MEMCACHE_TLS_SKIP_HOSTNAME_VERIFICATION",
        "TRACING_SERVICE_NAME",
        "TRACING_SERVICE_NAMESPACE",
        "TRACING_SERVICE_INSTANCE_ID",
        "TRACING_EXPORTER_PROTOCOL",
        "TRACING_SAMPLING_RATE",
      })
  void variableWithoutEffect_isNamed(String name) throws Exception {
    assertThat(read(Map.of(name, "1")).warnings())
        .singleElement()
        .hasToString("environment: " + name + ": without effect here, and not needed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRPC_UDS=/x",
        "USE_DOG_STATSD=true",
        "BACKEND_TYPE=memcache",
        "REDIS_SOCKET_TYPE=unix",
        "TRACING_ENABLED=true",
      })
  void variableThatAsksForWhatIsNotThere_isRefusedByName(String variable) {
    String[] parts = variable.split("=", 2);

    assertThatThrownBy(() -> read(Map.of(parts[0], parts[1])))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("environment: " + parts[0] + ": ");
  }

  @Test
  void unixSocketOfTheOtherRedis_isRefusedByName() {
    Map<String, String> variables =
        Map.of(
            "REDIS_PERSECOND", "true",
            "REDIS_PERSECOND_URL", "x:1",
            "REDIS_PERSECOND_SOCKET_TYPE", "unix");

    assertThatThrownBy(() -> read(variables))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("environment: REDIS_PERSECOND_SOCKET_TYPE: ");
  }
}
