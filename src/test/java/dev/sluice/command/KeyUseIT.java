package dev.sluice.command;

import static dev.sluice.testing.Stack.ORGANIZATION;
import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.CommandLines.Ran;
import dev.sluice.testing.Stack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When keys were last used: recorded by a server, shown by the command line. */
class KeyUseIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static Stack stack;
  private static CommandLines sluice;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            """
            serviceTiers:
              free:
              - {models: [small], qos: free, rates: {allowedRequests: 1, periodSeconds: 3600}}
            bundles:
              bundleDeploymentSpecs:
              - name: one
                groups: [{name: default, minReplicas: 1, qosList: [free]}]
            """,
            "lastUseInterval: 1s",
            List.of(SimulatedBackendOptions.of("one", List.of("small"))));
    sluice = new CommandLines(stack.configurationFile());
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void key_usedAtTheGateway_isShownAsUsedThen() {
    KeyIssuer.Issued key = stack.issue("gateway", Optional.empty());
    KeyIssuer.Issued other = stack.issue("nobody", Optional.empty());
    Instant before = Instant.now();

    assertThat(stack.chat(key.text().reveal(), body("small")).statusCode()).isEqualTo(200);

    await().atMost(LONG).until(() -> lastUsed(key).isPresent());
    assertThat(lastUsed(key).orElseThrow())
        .isBetween(before.minusSeconds(5), Instant.now().plusSeconds(5));
    assertThat(lastUsed(other)).isEmpty();
    assertThat(shown("keys", "show", other.record().id()))
        .anyMatch(line -> line.matches("lastUsed +never"));
    assertThat(shown("keys", "list", "--user", "nobody").get(1)).contains(" never ");
  }

  @Test
  void key_thatAnEdgeOnlyShows_isUsedToo() {
    KeyIssuer.Issued key = stack.issue("edge", Optional.empty());

    int status =
        stack
            .send(
                HttpRequest.newBuilder(URI.create(stack.doors().http() + "/auth"))
                    .header("Authorization", "Bearer " + key.text().reveal())
                    .build())
            .statusCode();

    assertThat(status).isEqualTo(200);
    await().atMost(LONG).until(() -> lastUsed(key).isPresent());
  }

  @Test
  void key_overItsLimit_isStillInUse() {
    KeyIssuer.Issued key = stack.issue("eager", Optional.empty());
    stack.chat(key.text().reveal(), body("small"));
    await().atMost(LONG).until(() -> lastUsed(key).isPresent());
    Instant first = lastUsed(key).orElseThrow();

    await()
        .atMost(LONG)
        .until(
            () -> {
              assertThat(stack.chat(key.text().reveal(), body("small")).statusCode())
                  .isEqualTo(429);
              return lastUsed(key).orElseThrow().isAfter(first);
            });
  }

  @Test
  void unusedFor_keysOfWhichTooLittleIsKnown_areNotListed() {
    KeyIssuer.Issued young = stack.issue("young", Optional.empty());
    Ran soon = sluice.ok("keys", "list", "--organization", ORGANIZATION, "--unused-for", "90d");
    assertThat(soon.lines()).hasSize(1);
    assertThat(soon.said()).startsWith("uses are recorded since ");

    KeyIssuer.Issued idle = stack.issue("idle", Optional.empty());
    KeyIssuer.Issued never = stack.issue("never", Optional.empty());
    KeyIssuer.Issued busy = stack.issue("busy", Optional.empty());
    KeyIssuer.Issued revoked = stack.issue("revoked", Optional.empty());
    List.of(idle, never, busy, revoked).forEach(KeyUseIT::old);
    stack.replace(ofLongAgo(revoked).revoke());
    redis(
        commands -> {
          commands.set("sluice:key-uses-since", millis(200));
          commands.zadd("{acme}:last-used", Double.parseDouble(millis(91)), idle.record().id());
          commands.zadd("{acme}:last-used", Double.parseDouble(millis(89)), busy.record().id());
        });

    Ran late = sluice.ok("keys", "list", "--organization", ORGANIZATION, "--unused-for", "90d");

    assertThat(late.said()).isEmpty();
    assertThat(late.lines().stream().skip(1).map(line -> line.split(" ", -1)[0]))
        .containsExactlyInAnyOrder(idle.record().id(), never.record().id())
        .doesNotContain(young.record().id());
    redis(commands -> commands.set("sluice:key-uses-since", millis(0)));
  }

  /** As if it had been issued long ago. */
  private static void old(KeyIssuer.Issued key) {
    stack.replace(ofLongAgo(key));
  }

  private static ApiKey ofLongAgo(KeyIssuer.Issued key) {
    var record = key.record();
    return new ApiKey(
        record.organization(),
        record.id(),
        record.project(),
        record.user(),
        record.terms(),
        Instant.EPOCH,
        record.secret(),
        record.previous(),
        record.revoked());
  }

  private static String millis(int daysAgo) {
    return Long.toString(Instant.now().minus(Duration.ofDays(daysAgo)).toEpochMilli());
  }

  private static void redis(Consumer<RedisCommands<String, String>> action) {
    try (RedisClient client = RedisClient.create(stack.redis().url())) {
      action.accept(client.connect().sync());
    }
  }

  private static Optional<Instant> lastUsed(KeyIssuer.Issued key) {
    String line = shown("keys", "show", key.record().id(), "--format", "json").get(0);
    return line.contains("\"lastUsed\":null")
        ? Optional.empty()
        : Optional.of(Instant.parse(line.replaceAll(".*\"lastUsed\":\"([^\"]*)\".*", "$1")));
  }

  private static List<String> shown(String... words) {
    String[] all = Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--organization";
    all[words.length + 1] = ORGANIZATION;
    return sluice.ok(all).lines();
  }
}
