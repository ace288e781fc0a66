package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyIssuer;
import dev.sluice.consistency.Way.Kind;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.Stack;
import dev.sluice.testing.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Of three servers on one Redis, one loses its way there, and finds it again. It is to honour no
 * key in the meantime; what others do is in {@link OutagePolicyIT}.
 */
class CutFromRedisIT {
  private static final String UNAVAILABLE = "503 limits_unavailable";

  private enum Fault {
    /** Connections break, and none can be made. */
    CUT {
      @Override
      void befall(Wire wire) throws IOException {
        wire.cut();
      }
    },
    /** As behind a firewall that drops everything. */
    STANDS_STILL {
      @Override
      void befall(Wire wire) {
        wire.standStill();
      }
    };

    abstract void befall(Wire wire) throws IOException;
  }

  @TempDir private static Path folder;
  private static Stack stack;
  private static CommandLines sluice;
  private static Wire wire;
  private static final List<Replica> replicas = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    // The third of the servers is in it.
    stack = Replica.stack(folder);
    sluice = new CommandLines(stack.configurationFile());
    wire = new Wire(stack.redis().port());
    replicas.add(
        replica(
            "cut off",
            Map.of(
                "SLUICE_REDIS", wire.url(),
                "SLUICE_OUTAGE_KEYS", "0s",
                "SLUICE_GATEWAY_REDIS_TIMEOUT", "1s",
                "SLUICE_AUTH_TIMEOUT", "1s",
                "SLUICE_EXT_AUTHZ_MODE", "full",
                "SLUICE_EXT_AUTHZ_TIMEOUT", "1s")));
    replicas.add(
        replica(
            "other",
            Map.of(
                "SLUICE_AUTH_TIMEOUT", "20s",
                "SLUICE_EXT_AUTHZ_MODE", "full",
                "SLUICE_EXT_AUTHZ_TIMEOUT", "20s")));
  }

  private static Replica replica(String name, Map<String, String> environment) {
    return new Replica(name, folder, stack.configurationFile(), environment);
  }

  @AfterAll
  static void stop() throws IOException {
    replicas.forEach(Replica::close);
    wire.close();
    stack.close();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void oneThatIsCutOff_refusesAndSaysSo_theOthersGoOn_andItComesBackToWhatChanged(Fault fault)
      throws IOException {
    Replica cutOff = replicas.get(0);
    String user = "riser-" + fault.name().toLowerCase(Locale.ROOT);
    KeyIssuer.Issued leaver = stack.issue("leaver", Optional.of("web"));
    KeyIssuer.Issued riser = stack.issue(user, Optional.of("web"));
    long lostBefore = lines(cutOff, "is lost");
    String leaverKey = leaver.text().reveal();
    String riserKey = riser.text().reveal();
    for (Way way : cutOff.ways()) {
      until(() -> way.verdict().apply(leaverKey).startsWith("200"));
      until(() -> way.verdict().apply(riserKey).startsWith("200"));
    }
    assertThat(cutOff.page("/ready")).startsWith("200");

    List<Way> others = new ArrayList<>(replicas.get(1).ways());
    others.add(
        new Way(
            "third gateway",
            Kind.COUNTED,
            key -> Integer.toString(stack.chat(key, Stack.body("small")).statusCode())));
    try (Clients clients = new Clients(others, riserKey)) {
      clients.await(3, Long.MIN_VALUE);
      fault.befall(wire);
      refuses(cutOff, riserKey);
      until(() -> cutOff.page("/ready").startsWith("503"));
      assertThat(cutOff.page("/ready")).contains("Redis does not answer");
      until(() -> lines(cutOff, "is lost") > lostBefore);
      assertThat(cutOff.page("/metrics"))
          .containsPattern("sluice_redis_seconds_count\\{.*outcome=\"(timeout|disconnected)\"")
          .containsPattern("sluice_decisions_total\\{.*reason=\"store_unavailable\"");

      sluice.ok("keys", "revoke", leaver.record().id(), "--organization", Stack.ORGANIZATION);
      sluice.ok("tiers", "assign", "gold", "--organization", Stack.ORGANIZATION, "--user", user);
      refuses(cutOff, leaverKey);
      clients.await(10, System.nanoTime());
      clients.end();
      assertThat(clients.seen()).allMatch(seen -> seen.verdict().startsWith("200"));
    }

    wire.mend();
    // Nobody restarts it. What it says first, apart from that it cannot say anything, is true.
    for (Way way : cutOff.ways()) {
      assertThat(first(way, leaverKey)).as(way.name()).isEqualTo("401 invalid_api_key");
      assertThat(first(way, riserKey))
          .as(way.name())
          .isEqualTo(
              switch (way.kind()) {
                case COUNTED -> "200 200000";
                case FRONT -> "200";
                case MODELS -> "200 small";
              });
    }
    until(() -> cutOff.page("/ready").startsWith("200"));
    until(
        () -> {
          // A call that is answered is what tells.
          cutOff.chat(riserKey);
          return lines(cutOff, "is lost") == lines(cutOff, "is back");
        });
    // One for the connections of each deadline, however many connections and calls there were.
    assertThat(lines(cutOff, "is lost") - lostBefore).isBetween(1L, 2L);
  }

  /** Each way, by its deadline. */
  private static void refuses(Replica cutOff, String key) {
    for (Way way : cutOff.ways()) {
      // What no script decides may go by records of the last half second.
      if (way.kind() != Kind.COUNTED) {
        until(() -> !way.verdict().apply(key).startsWith("200"));
      }
      long began = System.nanoTime();
      assertThat(way.verdict().apply(key)).as(way.name()).isEqualTo(UNAVAILABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }
  }

  /** The first answer that is a decision. */
  private static String first(Way way, String key) {
    return Awaitility.await()
        .atMost(1, TimeUnit.MINUTES)
        .until(() -> way.verdict().apply(key), verdict -> !verdict.equals(UNAVAILABLE));
  }

  private static long lines(Replica replica, String text) {
    return replica.process().log().lines().filter(line -> line.contains(text)).count();
  }

  private interface Condition {
    boolean holds();
  }

  private static void until(Condition condition) {
    Awaitility.await().atMost(1, TimeUnit.MINUTES).until(condition::holds);
  }
}
