package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RateLimitLoad;
import dev.sluice.testing.RateLimitLoad.Answer;
import dev.sluice.testing.RateLimitReplica;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import dev.sluice.xds.ConfigurationServer;
import dev.sluice.xds.proto.RateLimitConfig;
import dev.sluice.xds.proto.RateLimitDescriptor;
import dev.sluice.xds.proto.RateLimitPolicy;
import dev.sluice.xds.proto.RateLimitUnit;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand rules are replaced again and again while clients ask. */
class RateLimitReloadIT {
  private static final int RULES = 10_000;
  private static final int CHANGES = 6;
  private static final int PER_SECOND = 600;
  private static final int MOST = 1_000_000_000;

  @TempDir private Path folder;
  private RedisProcess redis;
  private Map<String, String> environment;

  @BeforeEach
  void start() {
    redis = RedisProcess.start(folder);
    environment = RateLimits.environment(folder, redis.address());
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void filesAreReplaced_noRequestIsLost_eachIsAnsweredByOneVersion() throws Exception {
    write(0);
    try (RateLimitReplica replica = RateLimitReplica.here(environment)) {
      replaceUnderLoad(replica, this::write);
    }
  }

  @Test
  void serverOfConfigurationSendsAnother_noRequestIsLost_eachIsAnsweredByOneVersion()
      throws Exception {
    try (ConfigurationServer control = new ConfigurationServer(0)) {
      environment.put("CONFIG_TYPE", "GRPC_XDS_SOTW");
      environment.put("CONFIG_GRPC_XDS_SERVER_URL", "127.0.0.1:" + control.port());
      try (RateLimitReplica replica = RateLimitReplica.here(environment)) {
        control.request();
        control.send("0", config(0));
        replaceUnderLoad(
            replica, version -> control.send(Integer.toString(version), config(version)));
      }
    }
  }

  private void replaceUnderLoad(RateLimitReplica replica, Consumer<Integer> replace) {
    try (RateLimitLoad load =
        RateLimitLoad.start(
            List.of(replica.channel()),
            PER_SECOND,
            number -> RateLimitReplica.request("many", "first=a", "last=a", "stays=a"))) {
      awaitVersion(load, 0);
      for (int version = 1; version <= CHANGES; version++) {
        replace.accept(version);
        awaitVersion(load, version);
      }
      load.finish();

      assertThat(load.answers()).extracting(Answer::failure).containsOnly("");
      for (Answer answer : load.answers()) {
        RateLimitResponse response = answer.response().orElseThrow();
        assertThat(response.getStatusesList())
            .extracting(DescriptorStatus::hasCurrentLimit)
            .containsExactly(true, true, true);
        assertThat(version(response, 0)).isEqualTo(version(response, 1));
      }
      assertEachCountedOnce(load);
    }
  }

  /** What stays the same counts on: nobody is told what another was. */
  private void assertEachCountedOnce(RateLimitLoad load) {
    Set<Integer> left = new HashSet<>();
    for (Answer answer : load.answers()) {
      left.add(answer.response().orElseThrow().getStatuses(2).getLimitRemaining());
    }
    assertThat(left).hasSize(Math.toIntExact(load.sent()));
    assertThat(left).contains(MOST - 1, MOST - Math.toIntExact(load.sent()));
  }

  private static void awaitVersion(RateLimitLoad load, int version) {
    int before = load.answers().size();
    Awaitility.await()
        .until(
            () ->
                load.answers().stream()
                    .skip(before)
                    .flatMap(answer -> answer.response().stream())
                    .anyMatch(response -> version(response, 1).equals("v" + version)));
  }

  /** The name of the limit by which a descriptor was answered. */
  private static String version(RateLimitResponse response, int descriptor) {
    return response.getStatuses(descriptor).getCurrentLimit().getName();
  }

  private void write(int version) {
    StringBuilder yaml = new StringBuilder("domain: many\ndescriptors:\n");
    rule(yaml, "stays", "stays");
    rule(yaml, "first", "v" + version);
    for (int i = 0; i < RULES; i++) {
      rule(yaml, "rule" + i, "v" + version);
    }
    rule(yaml, "last", "v" + version);
    RateLimits.write(folder, "many.yaml", yaml.toString());
  }

  private static void rule(StringBuilder yaml, String key, String name) {
    yaml.append("- key: ").append(key).append("\n  rate_limit: {unit: year, requests_per_unit: ");
    yaml.append(MOST).append(", name: ").append(name).append("}\n");
  }

  private static RateLimitConfig config(int version) {
    RateLimitConfig.Builder config = RateLimitConfig.newBuilder().setName("many").setDomain("many");
    config.addDescriptors(rule("stays", "stays")).addDescriptors(rule("first", "v" + version));
    for (int i = 0; i < RULES; i++) {
      config.addDescriptors(rule("rule" + i, "v" + version));
    }
    return config.addDescriptors(rule("last", "v" + version)).build();
  }

  private static RateLimitDescriptor rule(String key, String name) {
    return RateLimitDescriptor.newBuilder()
        .setKey(key)
        .setRateLimit(
            RateLimitPolicy.newBuilder()
                .setUnit(RateLimitUnit.YEAR)
                .setRequestsPerUnit(MOST)
                .setName(name))
        .build();
  }
}
