package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.RateLimitServerConfig.Health;
import dev.sluice.config.RateLimitServerConfig.RuleSource;
import dev.sluice.config.RateLimitServerConfig.Statistics;
import dev.sluice.config.SluiceConfig.Log;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RuleFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateLimitEnvironmentTest {
  private static RateLimitServerConfig read(String... more) throws InvalidConfiguration {
    Map<String, String> environment = new HashMap<>(Map.of("REDIS_URL", "redis.example:6379"));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return new RateLimitEnvironment(environment).read();
  }

  private static InvalidConfiguration refused(String... more) {
    return catchThrowableOfType(InvalidConfiguration.class, () -> read(more));
  }

  @Test
  void redisAlone_hasTheDefaultsOfTheReference() throws Exception {
    RateLimitServerConfig settings = read();

    assertThat(settings.rules())
        .isEqualTo(directory("/srv/runtime_data/current/config", false, false));
    assertThat(settings.health()).isEqualTo(new Health(false, false));
    assertThat(settings.redis()).hasToString("redis://redis.example:6379");
    assertThat(settings.grpc().listener().port()).isEqualTo(8081);
    assertThat(settings.grpc().maxConnectionAge()).isEqualTo(Duration.ofHours(24));
    assertThat(settings.grpc().maxConnectionAgeGrace()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.http().listener().port()).isEqualTo(8080);
    assertThat(settings.debug())
        .hasToString("Listener[host=0.0.0.0, port=6070, tls=Optional.empty]");
    assertThat(settings.statistics())
        .isEqualTo(new Statistics.Statsd("localhost", 8125, Duration.ofSeconds(10), Map.of()));
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void everyVariable_isRead() throws Exception {
    RateLimitServerConfig settings =
        read(
            "GRPC_HOST", "127.0.0.1",
            "GRPC_PORT", "1",
            "GRPC_MAX_CONNECTION_AGE", "1h30m",
            "GRPC_MAX_CONNECTION_AGE_GRACE", "0",
            "HOST", "127.0.0.2",
            "PORT", "2",
            "DEBUG_HOST", "127.0.0.3",
            "DEBUG_PORT", "3",
            "RUNTIME_ROOT", "/data/",
            "RUNTIME_SUBDIRECTORY", "ratelimit",
            "RUNTIME_APPDIRECTORY", "rules",
            "RUNTIME_IGNOREDOTFILES", "TRUE",
            "MERGE_DOMAIN_CONFIG", "1",
            "HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "t",
            "REDIS_HEALTH_CHECK_ACTIVE_CONNECTION", "true",
            "REDIS_SOCKET_TYPE", "tcp",
            "REDIS_AUTH", "user:p@ss",
            "USE_STATSD", "false",
            "USE_PROMETHEUS", "true",
            "PROMETHEUS_ADDR", "127.0.0.4:4",
            "PROMETHEUS_PATH", "/prom",
            "LOG_LEVEL", "WARNING",
            "LOG_FORMAT", "JSON",
            "SHADOW_MODE", "true",
            "SLUICE_RATE_LIMIT_OUTAGE", "share");

    assertThat(settings.rules()).isEqualTo(directory("/data/ratelimit/rules", true, true));
    assertThat(settings.health()).isEqualTo(new Health(true, true));
    assertThat(settings.redis().reveal()).isEqualTo("redis://user:p%40ss@redis.example:6379");
    assertThat(settings.grpc().listener())
        .hasToString("Listener[host=127.0.0.1, port=1, tls=Optional.empty]");
    assertThat(settings.grpc().maxConnectionAge()).isEqualTo(Duration.ofMinutes(90));
    assertThat(settings.grpc().maxConnectionAgeGrace()).isEqualTo(Duration.ofDays(365));
    assertThat(settings.http().listener().host()).isEqualTo("127.0.0.2");
    assertThat(settings.debug().port()).isEqualTo(3);
    assertThat(settings.statistics())
        .isEqualTo(
            new Statistics.Prometheus(
                new SluiceConfig.Listener("127.0.0.4", 4, Optional.empty()),
                "/prom",
                Optional.empty()));
    assertThat(settings.log()).isEqualTo(new Log(Log.Format.JSON, Log.Level.WARN));
    assertThat(settings.rateLimit().shadowMode()).isTrue();
    assertThat(settings.rateLimit().outage()).isEqualTo(OutageAnswer.SHARE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "REDIS_TYPE=SINGLE REDIS_URL=r:1 | redis://r:1",
        "REDIS_TYPE=cluster REDIS_URL=a:1,b:2 | redis+cluster://a:1,b:2",
        "REDIS_TYPE=SENTINEL REDIS_URL=m,a:1,b:2 | redis-sentinel://a:1,b:2#m",
        "REDIS_TLS=true REDIS_URL=r:1 | rediss://r:1",
        "REDIS_TLS=true REDIS_TLS_SKIP_HOSTNAME_VERIFICATION=true REDIS_TYPE=SENTINEL REDIS_URL=m,a:1"
            + " | rediss-sentinel://a:1?verifyPeer=ca#m",
        "REDIS_SENTINEL_AUTH=u:p&w REDIS_AUTH=x REDIS_TYPE=SENTINEL REDIS_URL=m,a:1"
            + " | redis-sentinel://x@a:1?sentinelAuth=u:p%26w#m",
        "REDIS_SENTINEL_AUTH=p REDIS_URL=a:1 | redis://a:1",
        "REDIS_TLS=true REDIS_TLS_SKIP_HOSTNAME_VERIFICATION=true REDIS_URL=rediss://a:1"
            + " | rediss://a:1?verifyPeer=ca",
        "REDIS_SENTINEL_AUTH=p REDIS_TYPE=SENTINEL REDIS_URL=redis-sentinel://x@a:1#m"
            + " | redis-sentinel://x@a:1?sentinelAuth=p#m",
      })
  void redis_isReachedAsItIsNow(String variables, String url) throws Exception {
    assertThat(read(variables.split("[ =]", -1)).redis().reveal()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "USE_STATSD=false | Unexported[]",
        "USE_STATSD=true | Statsd[host=localhost, port=8125, interval=PT10S, tags={}]",
        "STATSD_HOST=s STATSD_PORT=9 STATS_FLUSH_INTERVAL=500ms"
            + " | Statsd[host=s, port=9, interval=PT0.5S, tags={}]",
        "EXTRA_TAGS=zone:a:b"
            + " | Statsd[host=localhost, port=8125, interval=PT10S, tags={zone=a:b}]",
        "USE_STATSD=true DISABLE_STATS=true | Unexported[]",
        "USE_PROMETHEUS=true DISABLE_STATS=true | Unexported[]",
        "USE_PROMETHEUS=true"
            + " | Prometheus[at=Listener[host=0.0.0.0, port=9090, tls=Optional.empty], path=/metrics,"
            + " mapping=Optional.empty]",
      })
  void statistics_goToOne(String variables, String expected) throws Exception {
    assertThat(read(variables.split("[ =]", -1)).statistics()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BACKEND_TYPE=memcache | BACKEND_TYPE: counters are in Redis and nowhere else",
        "BACKEND_TYPE=memcache MEMCACHE_SRV=m | MEMCACHE_SRV: counters are in Redis, not in memcached",
        "REDIS_SOCKET_TYPE=unix | REDIS_SOCKET_TYPE: a unix socket is not supported",
        "REDIS_URL=/var/run/redis.sock | REDIS_URL: expected host:port",
        "GRPC_UDS=/tmp/grpc.sock | GRPC_UDS: a unix socket is not supported",
        "EXTRA_TAGS=zone | EXTRA_TAGS: expected name:value,name:value, found",
        "USE_DOG_STATSD=true | USE_DOG_STATSD: DogStatsD is not supported",
        "TRACING_ENABLED=true | TRACING_ENABLED: traces are not supported",
        "USE_STATSD=true USE_PROMETHEUS=true | USE_STATSD: either this or USE_PROMETHEUS",
        "GRPC_SERVER_USE_TLS=true | GRPC_SERVER_TLS_KEY: missing: expected the path",
        "GRPC_PORT=http | GRPC_PORT: expected a whole number from 0 to 65535, found \"http\"",
        "GRPC_PORT=8080 | http.port: 8080 is the port of grpc too",
        "PROMETHEUS_ADDR=:x USE_PROMETHEUS=1 | PROMETHEUS_ADDR: expected a whole number",
        "GRPC_MAX_CONNECTION_AGE=1d | GRPC_MAX_CONNECTION_AGE: expected a duration",
        "REDIS_TYPE=RING | REDIS_TYPE: expected SINGLE, SENTINEL or CLUSTER, found \"RING\"",
        "REDIS_TLS=maybe | REDIS_TLS: expected true or false, found \"maybe\"",
        "CONFIG_TYPE=HTTP | CONFIG_TYPE: expected FILE or GRPC_XDS_SOTW, found \"HTTP\"",
        "CONFIG_GRPC_XDS_SERVER_URL=xds | CONFIG_GRPC_XDS_SERVER_URL: expected host:port",
        "CONFIG_GRPC_XDS_NODE_METADATA=x | CONFIG_GRPC_XDS_NODE_METADATA: expected name:value",
        "LOG_LEVEL=loud | LOG_LEVEL: expected one of error, warn, info, debug, found \"loud\"",
        "REDIS_PERSECOND=true REDIS_PERSECOND_URL=r:1 REDIS_PERSECOND_SOCKET_TYPE=unix"
            + " | REDIS_PERSECOND_SOCKET_TYPE: a unix socket",
      })
  void whatIsWrongOrNotSupported_isNamed_withWhatToDo(String variables, String problem) {
    assertThat(refused(variables.split("[ =]", -1)))
        .hasMessageContaining("environment: " + problem);
  }

  @Test
  void severalProblems_areReportedAtOnce() {
    assertThat(refused("BACKEND_TYPE", "memcache", "MEMCACHE_SRV", "x", "PORT", "-1").problems())
        .hasSize(3);
  }

  @Test
  void redisUrlMissing_isSaid() {
    Map<String, String> environment = Map.of("RUNTIME_ROOT", "/data");

    assertThat(
            catchThrowableOfType(
                InvalidConfiguration.class, () -> new RateLimitEnvironment(environment).read()))
        .hasMessageStartingWith("environment: REDIS_URL: missing: expected host:port");
  }

  @Test
  void variablesWithoutEffect_areNamedInOneWarning() throws Exception {
    assertThat(read("REDIS_POOL_SIZE", "20", "REDIS_PIPELINE_LIMIT", "8").warnings())
        .singleElement()
        .hasToString(
            "environment: REDIS_PIPELINE_LIMIT, REDIS_POOL_SIZE: without effect here, and not needed");
  }

  @Test
  void serverOfConfiguration_isAskedAsItIsNow() throws Exception {
    RateLimitServerConfig settings =
        read(
            "CONFIG_TYPE", "GRPC_XDS_SOTW",
            "CONFIG_GRPC_XDS_SERVER_URL", "gateway:18001",
            "CONFIG_GRPC_XDS_NODE_ID", "edge",
            "CONFIG_GRPC_XDS_NODE_METADATA", "zone:a,rack=7",
            "CONFIG_GRPC_XDS_CLIENT_ADDITIONAL_HEADERS", "X-Token:Secret",
            "CONFIG_GRPC_XDS_SERVER_USE_TLS", "true",
            "CONFIG_GRPC_XDS_SERVER_TLS_SAN", "gateway.example",
            "XDS_CLIENT_BACKOFF_INITIAL_INTERVAL", "1s",
            "XDS_CLIENT_BACKOFF_MAX_INTERVAL", "5s",
            "XDS_CLIENT_BACKOFF_JITTER", "false",
            "XDS_CLIENT_MAX_MSG_SIZE_IN_BYTES", "100000");

    assertThat(settings.rules())
        .isEqualTo(
            new RuleSource.Discovery(
                "gateway:18001",
                "edge",
                Map.of("zone", "a", "rack", "7"),
                Map.of("X-Token", "Secret"),
                Optional.of(new RuleSource.DiscoveryTls(Optional.empty())),
                Optional.of("gateway.example"),
                100_000,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                0));
  }

  @Test
  void passwordOfSentinels_isShownNowhere() throws Exception {
    RateLimitServerConfig settings =
        read(
            "REDIS_TYPE", "SENTINEL",
            "REDIS_URL", "main,s:26379",
            "REDIS_SENTINEL_AUTH", "user:p@ss");

    assertThat(settings.redis().reveal()).contains("sentinelAuth=user:p%40ss");
    assertThat(settings.toString()).doesNotContain("p%40ss", "p@ss");
  }

  @Test
  void tagsOnPrometheus_areSaidToBeWithoutEffect() throws Exception {
    assertThat(read("USE_PROMETHEUS", "true", "EXTRA_TAGS", "zone:a").warnings())
        .singleElement()
        .asString()
        .startsWith("environment: EXTRA_TAGS: without effect on Prometheus");
  }

  private static RuleSource directory(String path, boolean ignoreDotFiles, boolean merge) {
    return new RuleSource.Directory(new RuleFiles(Path.of(path), ignoreDotFiles, merge));
  }

  @ParameterizedTest
  @CsvSource({
    "RUNTIME_ROOT, true",
    "REDIS_URL, true",
    "USE_STATSD, true",
    "CONFIG_TYPE, true",
    "PORT, false",
    "LOG_LEVEL, false",
    "SHADOW_MODE, false",
  })
  void environment_isKnownByWhatOnlyThatServerHas(String name, boolean known) {
    assertThat(new RateLimitEnvironment(Map.of(name, "x")).identifiedBy().isPresent())
        .isEqualTo(known);
    assertThat(new RateLimitEnvironment(Map.of(name, "")).identifiedBy()).isEmpty();
  }
}
