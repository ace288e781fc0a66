package dev.sluice.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image's HEALTHCHECK of a server in the place of envoyproxy/ratelimit; {@link ImageIT} has it
 * of Sluice.
 */
final class HealthcheckIT {
  private static EmbeddedRedis redis;

  @TempDir private Path folder;

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  /** Healthy as soon as there are rules. */
  private Map<String, String> environment() {
    Map<String, String> environment = RateLimits.environment(folder, redis.url());
    environment.put("HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "true");
    return environment;
  }

  @Test
  void withoutPrometheus_itAsksHealthcheck_onThePortOfTheEnvironment() throws Exception {
    String nobody = Integer.toString(RedisProcess.freePort());
    String port;
    try (RateLimits limits = RateLimits.start(environment())) {
      port = port(limits.doors().http());

      assertThat(healthy(nobody, port)).isFalse();
    }
    RateLimits.write(folder, "edge.yaml", RateLimits.rule("edge", 1));
    try (RateLimits limits = RateLimits.start(environment())) {
      port = port(limits.doors().http());

      assertThat(healthy(nobody, port)).isTrue();
    }
    assertThat(healthy(nobody, port)).isFalse();
  }

  @Test
  void withPrometheus_itAsksReady_atTheMetrics() throws Exception {
    Map<String, String> environment = environment();
    environment.put("USE_PROMETHEUS", "true");
    environment.put("PROMETHEUS_ADDR", "127.0.0.1:0");
    String nobody = Integer.toString(RedisProcess.freePort());
    try (RateLimits limits = RateLimits.start(environment)) {
      assertThat(healthy(port(limits.doors().metrics().orElseThrow()), nobody)).isFalse();
    }
    RateLimits.write(folder, "edge.yaml", RateLimits.rule("edge", 1));
    try (RateLimits limits = RateLimits.start(environment)) {
      assertThat(healthy(port(limits.doors().metrics().orElseThrow()), nobody)).isTrue();
    }
  }

  @Test
  void image_exposesTheDefaultPortsOfBothKindsOfServer() throws IOException {
    Matcher exposed = found("^EXPOSE (.*)$");

    assertThat(exposed.group(1).split(" ", -1))
        .containsExactlyInAnyOrder("8000", "8080", "8081", "9090", "6070");
  }

  private static String port(String url) {
    return Integer.toString(URI.create(url).getPort());
  }

  private static Matcher found(String pattern) throws IOException {
    String dockerfile = Files.readString(Path.of("Dockerfile")).replace("\\\n", " ");
    Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(dockerfile);
    assertThat(matcher.find()).isTrue();
    return matcher;
  }

  /** What the check says, with other ports than those inside a container. */
  private static boolean healthy(String metrics, String http) throws Exception {
    String written = found("^HEALTHCHECK .* CMD (\\[.*])$").group(1);
    List<String> check =
        Stream.of(new ObjectMapper().readValue(written, String[].class))
            .map(word -> word.replace("9090", metrics))
            .toList();
    ProcessBuilder builder = new ProcessBuilder(check);
    builder.environment().put("PORT", http);
    Process process = builder.redirectErrorStream(true).start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return process.exitValue() == 0;
  }
}
