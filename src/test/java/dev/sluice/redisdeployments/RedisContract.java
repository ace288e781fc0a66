package dev.sluice.redisdeployments;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Doors;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What holds on each kind of Redis: two replicas of Sluice, and the command line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisContract {
  static final int LIMIT = 20;
  static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small]
          queueDepth: 1000
          qos: web
          rates: {allowedRequests: %d, periodSeconds: 3600}
        unlimited:
        - {models: [small], qos: web, queueDepth: 1000}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [web]}]}
      """
          .formatted(LIMIT);

  private Path folder;
  private Deployment redis;
  private Stack stack;
  private CommandLines sluice;
  private List<Doors> replicas;

  /** Starts the Redis. */
  abstract Deployment redis(Path folder) throws Exception;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    this.folder = folder;
    redis = redis(folder);
    Path rules = Files.createDirectory(folder.resolve("ratelimit"));
    Files.writeString(
        rules.resolve("edge.yaml"),
        """
        domain: edge
        descriptors:
        - key: client
          rate_limit: {unit: day, requests_per_unit: %d}
        """
            .formatted(LIMIT));
    stack =
        Stack.on(
            redis.url(),
            folder,
            SAMBASTACK,
            "rateLimit: {directory: ratelimit, timeout: 2s}\n"
                + "gateway: {host: 127.0.0.1, port: 0, redisTimeout: 10s}\n"
                + redis.yaml(),
            List.of(
                SimulatedBackendOptions.of("one", List.of("small"))
                    .withSlots(64)
                    .withCompletionTokens(1)));
    replicas = List.of(stack.doors(), stack.replica());
    sluice = new CommandLines(stack.configurationFile());
  }

  @AfterAll
  void stop() {
    stack.close();
    redis.stop().run();
  }

  Deployment redis() {
    return redis;
  }

  Stack stack() {
    return stack;
  }

  @Test
  void accountsThatAreCreatedByCommands_areServed() {
    sluice.ok("orgs", "create", "made");
    sluice.ok("projects", "create", "search", "--organization", "made");
    sluice.ok("users", "create", "ada", "--organization", "made", "--tier", "web");
    String key =
        sluice
            .ok("keys", "create", "--organization", "made", "--project", "search", "--user", "ada")
            .lines()
            .get(0);

    assertThat(replicas).allSatisfy(at -> assertThat(ask(at, key)).isEqualTo(200));
  }

  @Test
  void aRateIsCountedExactlyOverTwoReplicas() {
    String key = key("counted");

    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * LIMIT; i++) {
      Doors at = replicas.get(i % 2);
      answers.add(CompletableFuture.supplyAsync(() -> ask(at, key)));
    }

    List<Integer> statuses = answers.stream().map(CompletableFuture::join).toList();
    assertThat(statuses).filteredOn(status -> status == 200).hasSize(LIMIT);
    assertThat(statuses).filteredOn(status -> status == 429).hasSize(LIMIT);
  }

  @Test
  void aKeyThatIsRevoked_isRefusedByTheNextDecisionOfEachReplica() {
    String key = key("revoked");
    assertThat(replicas).allSatisfy(at -> assertThat(ask(at, key)).isEqualTo(200));

    sluice.ok("keys", "revoke", key);

    assertThat(replicas).allSatisfy(at -> assertThat(ask(at, key)).isEqualTo(401));
  }

  @Test
  void organizationsOfAllSlots_areListed_andTheirIndexesRebuilt() {
    List<String> names = List.of("index-a", "index-b", "index-c", "index-d", "index-e", "index-f");
    names.forEach(name -> sluice.ok("orgs", "create", name));
    redis.admin().del("sluice:organizations");
    assertThat(sluice.ok("orgs", "list").lines().toString()).doesNotContain("index-a");

    sluice.ok("orgs", "rebuild-index");

    assertThat(sluice.ok("orgs", "list").lines().toString()).contains(names);
  }

  @Test
  void whatWasExported_canBeImportedWhenRedisHasLostAll() throws IOException {
    String key = key("moved");
    Path file = Files.write(folder.resolve("export.jsonl"), sluice.ok("export").lines());
    redis.admin().flushall();
    assertThat(replicas).allSatisfy(at -> assertThat(ask(at, key)).isEqualTo(401));

    sluice.ok("import", file.toString());

    assertThat(replicas).allSatisfy(at -> assertThat(ask(at, key)).isEqualTo(200));
  }

  @Test
  void descriptorsAreCountedOverTwoReplicas() {
    int passed = 0;
    for (int i = 0; i < 2 * LIMIT; i++) {
      passed += json(replicas.get(i % 2)).statusCode() == 200 ? 1 : 0;
    }
    assertThat(passed).isEqualTo(LIMIT);
  }

  /** The key of a user in an organization of its own. */
  String key(String organization) {
    sluice.ok("orgs", "create", organization);
    return sluice
        .ok("keys", "create", "--organization", organization, "--user", "ada", "--tier", "web")
        .lines()
        .get(0);
  }

  int ask(Doors at, String key) {
    return stack
        .send(
            HttpRequest.newBuilder(URI.create(at.gateway() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body("small")))
                .build())
        .statusCode();
  }

  private HttpResponse<String> json(Doors at) {
    return stack.send(
        HttpRequest.newBuilder(URI.create(at.http() + "/json"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"domain":"edge","descriptors":[{"entries":[{"key":"client","value":"me"}]}]}
                    """))
            .build());
  }
}
