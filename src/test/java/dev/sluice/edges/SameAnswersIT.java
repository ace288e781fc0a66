package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Network;
import dev.sluice.account.Permission;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.Stack;
import io.lettuce.core.RedisClient;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same key, model and load get the same answer, whichever way they come. */
class SameAnswersIT {
  private static final String LIMITS =
      "x-ratelimit-limit-requests x-ratelimit-remaining-requests x-ratelimit-reset-requests";
  private static final String LIMITS_DAY =
      LIMITS
          + " x-ratelimit-limit-requests-day x-ratelimit-remaining-requests-day"
          + " x-ratelimit-reset-requests-day";
  private static final String GOING = "deprecation sunset link";
  private static final String WOULD_REFUSE = "x-sluice-would-refuse";
  private static final String RETRY = " retry-after retry-after-ms";

  /** The headers that a client may rely on; a value of any of them must be the same everywhere. */
  private static final Set<String> NAMED =
      Set.of(
          ("content-type x-request-id x-should-retry x-sluice-warning x-sluice-would-refuse deprecation sunset link"
                  + RETRY
                  + " "
                  + LIMITS_DAY)
              .split(" ", -1));

  /** Those that have a time in them. */
  private static final Set<String> TIMES =
      Set.of(
          "retry-after",
          "retry-after-ms",
          "x-ratelimit-reset-requests",
          "x-ratelimit-reset-requests-day");

  @TempDir private static Path folder;
  private static Edges edges;

  @BeforeAll
  static void start() {
    edges = new Edges(folder, Tiers.SAMBASTACK);
  }

  @AfterAll
  static void stop() {
    edges.close();
  }

  /** What is presented as the key of a new user. */
  enum Presented {
    NOTHING,
    NO_KEY_AT_ALL,
    BASIC,
    UNKNOWN,
    REVOKED,
    EXPIRED,
    ROTATED,
    IN_GRACE,
    OLD,
    OVER_AGE,
    OF_ARCHIVED_USER,
    OF_ARCHIVED_PROJECT,
    OF_ARCHIVED_ORGANIZATION,
    WITHOUT_PERMISSION,
    FROM_OTHER_NETWORK,
    FROM_ITS_NETWORK,
    FOR_OTHER_MODEL,
    OF_ADMINISTRATOR,
    GOOD
  }

  enum Load {
    NONE,
    RATE_USED_UP,
    QUEUE_FULL,
    RATE_OF_KEY_USED_UP,
    RATE_OF_USER_USED_UP,
    RATE_OF_PROJECT_USED_UP,
    RATE_OF_ORGANIZATION_USED_UP,
    RUNNING_OF_KEY_FULL;

    /**
     * Whether it is only where the gateway is on the way: an edge has no queue, and sees no end.
     */
    private boolean atTheGatewayOnly() {
      return this == QUEUE_FULL || this == RUNNING_OF_KEY_FULL;
    }
  }

  /**
   * A row: who presents what, in which tier ({@code -}: none given), for which model, streamed, and
   * under which load; then the status, the error's code, and the named headers beside {@code
   * content-type} and {@code x-request-id}.
   */
  static Stream<Arguments> table() {
    return Stream.of(
        row("NOTHING", "web", "small", false, "NONE", 401, "invalid_api_key", ""),
        row("NO_KEY_AT_ALL", "web", "unknown", true, "NONE", 401, "invalid_api_key", ""),
        row("BASIC", "free", "old", false, "NONE", 401, "invalid_api_key", ""),
        row("UNKNOWN", "web", "small", true, "NONE", 401, "invalid_api_key", ""),
        row("REVOKED", "web", "large", false, "NONE", 401, "invalid_api_key", ""),
        row("EXPIRED", "free", "small", true, "NONE", 401, "invalid_api_key", ""),
        row("ROTATED", "web", "small", false, "NONE", 401, "invalid_api_key", ""),
        row("IN_GRACE", "web", "small", false, "NONE", 200, "", LIMITS_DAY + " x-sluice-warning"),
        row("OF_ARCHIVED_USER", "web", "small", true, "NONE", 401, "invalid_api_key", ""),
        row("WITHOUT_PERMISSION", "web", "small", false, "NONE", 403, "key_permission_missing", ""),
        row("FROM_OTHER_NETWORK", "web", "small", true, "NONE", 403, "key_network_not_allowed", ""),
        row("FROM_ITS_NETWORK", "web", "small", true, "NONE", 200, "", LIMITS_DAY),
        row("FOR_OTHER_MODEL", "web", "small", false, "NONE", 403, "key_model_not_allowed", ""),
        row("FOR_OTHER_MODEL", "web", "unknown", false, "NONE", 404, "model_not_found", ""),
        row("FOR_OTHER_MODEL", "web", "large", false, "NONE", 200, "", LIMITS_DAY),
        row("GOOD", "web", "small", false, "NONE", 200, "", LIMITS_DAY),
        row("GOOD", "web", "large", true, "NONE", 200, "", LIMITS_DAY),
        row("GOOD", "shadowed", "small", false, "NONE", 200, "", ""),
        row("OF_ADMINISTRATOR", "shadowed", "small", false, "NONE", 200, "", WOULD_REFUSE),
        row("OF_ADMINISTRATOR", "shadowed", "small", true, "NONE", 200, "", WOULD_REFUSE),
        row("OF_ADMINISTRATOR", "web", "small", false, "NONE", 200, "", LIMITS_DAY),
        row("GOOD", "-", "small", false, "NONE", 200, "", LIMITS),
        row("GOOD", "free", "small", true, "NONE", 200, "", LIMITS),
        row("GOOD", "legal", "secret", false, "NONE", 200, "", LIMITS),
        row("GOOD", "-", "secret", false, "NONE", 403, "model_restricted", ""),
        row("GOOD", "web", "secret", true, "NONE", 403, "model_restricted", ""),
        row("GOOD", "web", "unknown", false, "NONE", 404, "model_not_found", ""),
        row("GOOD", "-", "large", true, "NONE", 404, "model_not_found", ""),
        row("GOOD", "web", "old", false, "NONE", 410, "model_deprecated", "link"),
        row("GOOD", "free", "old", true, "NONE", 410, "Use `small` instead.", "link"),
        row("GOOD", "web", "gone", false, "NONE", 410, "Use `large` instead.", GOING),
        row("GOOD", "free", "gone", true, "NONE", 410, "model_deprecated", GOING),
        row("GOOD", "web", "going", false, "NONE", 200, "", LIMITS_DAY + " " + GOING),
        row("GOOD", "web", "going", true, "NONE", 200, "", LIMITS_DAY + " " + GOING),
        row("GOOD", "free", "going", false, "NONE", 404, "model_not_found", ""),
        row("OLD", "web", "small", false, "NONE", 200, "", LIMITS_DAY + " x-sluice-warning"),
        row("OLD", "web", "small", true, "NONE", 200, "", LIMITS_DAY + " x-sluice-warning"),
        row("OLD", "web", "unknown", false, "NONE", 404, "model_not_found", "x-sluice-warning"),
        row("OVER_AGE", "web", "small", false, "NONE", 401, "invalid_api_key", ""),
        row("OF_ARCHIVED_PROJECT", "web", "small", false, "NONE", 401, "invalid_api_key", ""),
        row("OF_ARCHIVED_ORGANIZATION", "web", "small", true, "NONE", 401, "invalid_api_key", ""),
        row("GOOD", "web", "broken", false, "NONE", 503, "model_maintenance", "x-should-retry"),
        row(
            "GOOD",
            "minute",
            "small",
            false,
            "RATE_USED_UP",
            429,
            "rate_limit_exceeded",
            LIMITS + RETRY),
        row(
            "GOOD",
            "free",
            "small",
            true,
            "RATE_USED_UP",
            429,
            "rate_limit_exceeded",
            LIMITS + " x-should-retry"),
        row(
            "GOOD",
            "daily",
            "small",
            false,
            "RATE_USED_UP",
            429,
            "rate_limit_exceeded",
            LIMITS_DAY + " x-should-retry"),
        row("REVOKED", "minute", "small", false, "RATE_USED_UP", 401, "invalid_api_key", ""),
        ownRate("RATE_OF_KEY_USED_UP"),
        ownRate("RATE_OF_USER_USED_UP"),
        ownRate("RATE_OF_PROJECT_USED_UP"),
        ownRate("RATE_OF_ORGANIZATION_USED_UP"),
        row(
            "GOOD",
            "web",
            "small",
            true,
            "RUNNING_OF_KEY_FULL",
            429,
            "Concurrency limit reached for key",
            LIMITS_DAY + RETRY),
        row("GOOD", "narrow", "narrow", false, "QUEUE_FULL", 503, "queue_full", LIMITS + RETRY));
  }

  @ParameterizedTest(name = "{0}, tier {1}, model {2}, stream {3}, {4}: {5}")
  @MethodSource("table")
  void everyWay_givesTheAnswerOfTheTable(
      Presented presented,
      String tier,
      String model,
      boolean stream,
      Load load,
      int status,
      String code,
      String headers) {
    Map<Way, String> bodies = new TreeMap<>(Comparator.comparing(Way::name));
    for (Way way : edges.ways()) {
      if (load.atTheGatewayOnly() && !way.queues()) {
        continue;
      }
      HttpResponse<String> response =
          under(way, load, tier, (user, key) -> ask(way, presented, key, model, stream));

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(status);
      assertThat(response.body()).as("%s", way).contains(code);
      assertThat(named(response).keySet())
          .as("%s", way)
          .isEqualTo(words("content-type x-request-id " + headers));
      assertThat(named(response)).as("%s", way).containsEntry("x-request-id", List.of("case-1"));
      bodies.put(way, masked(response) + values(response));
    }
    assertThat(Set.copyOf(bodies.values())).as("%s", bodies).hasSize(1);
  }

  /**
   * Of a user whose one request is used up: what is bounded, or malformed, comes before rates; and
   * what is no tier's business before bounds.
   */
  @ParameterizedTest(name = "{0} on {1}: {2} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"n\":3'                      | small   | 400 | batch_size_exceeded",
        "'\"max_tokens\":101'           | small   | 400 | output_tokens_exceeded",
        "'\"max_completion_tokens\":101'| small   | 400 | output_tokens_exceeded",
        "'\"n\":3,\"max_tokens\":101' | small   | 400 | batch_size_exceeded",
        "'\"n\":2,\"max_tokens\":100' | small   | 429 | rate_limit_exceeded",
        "'\"n\":3'                      | large   | 404 | model_not_found",
        "'\"n\":3'                      | secret  | 403 | model_restricted",
        "'\"n\":3'                      | old     | 410 | model_deprecated",
        "'\"n\":-1'                     | small   | 400 | integer_below_min_value",
        "'\"n\":1.5'                    | unknown | 400 | invalid_type",
        "'\"n\":\"3\"'                | small   | 400 | invalid_type",
      })
  void bounds_everyWayThatSeesTheBody_givesTheSameAnswer(
      String more, String model, int status, String code) {
    Map<Way, String> bodies = new TreeMap<>(Comparator.comparing(Way::name));
    for (Way way : edges.ways()) {
      if (!way.seesBody()) {
        continue;
      }
      String user = "user-" + new SecureRandom().nextInt(1_000_000_000);
      String bearer = "Bearer " + way.stack().key(user, "bounded");
      assertThat(way.chat(bearer, "small", body("small")).statusCode()).isEqualTo(200);

      HttpResponse<String> response = way.chat(bearer, model, body(model, "," + more));

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(status);
      assertThat(response.body()).as("%s", way).contains("\"" + code + "\"");
      bodies.put(way, masked(response) + values(response));
    }
    assertThat(Set.copyOf(bodies.values())).as("%s", bodies).hasSize(1);
  }

  @Test
  void endUsers_everyWayThatSeesTheBody_countsEachOfThem() {
    Map<Way, String> bodies = new TreeMap<>(Comparator.comparing(Way::name));
    for (Way way : edges.ways()) {
      KeyIssuer.Issued key =
          way.stack().issue("user-" + new SecureRandom().nextInt(1_000_000), Optional.of("web"));
      change(way.stack(), key, terms -> terms.withLimits(limits("1/50m@end-user")));
      String bearer = "Bearer " + key.text().reveal();
      String ada = body("small", ",\"user\":\"ada\"");
      String bob = body("small", ",\"user\":\"bob\"");
      assertThat(way.chat(bearer, "small", ada).statusCode()).isEqualTo(200);

      HttpResponse<String> second = way.chat(bearer, "small", ada);

      assertThat(way.chat(bearer, "small", bob).statusCode()).as("%s", way).isEqualTo(200);
      if (way.seesBody()) {
        assertThat(second.statusCode()).as("%s: %s", way, second.body()).isEqualTo(429);
        bodies.put(way, masked(second) + values(second));
      } else {
        // Where nobody can be told apart, the limit is left out.
        assertThat(second.statusCode()).as("%s: %s", way, second.body()).isEqualTo(200);
      }
    }
    assertThat(Set.copyOf(bodies.values()))
        .singleElement()
        .asString()
        .contains("Rate limit reached for end user of key");
  }

  @Test
  void keyInfo_byEveryWayToTheGateway_isTheSame() {
    Set<String> answers = new TreeSet<>();
    for (Way way : edges.ways()) {
      if (way.queues()) {
        KeyIssuer.Issued key =
            way.stack().issue("user-" + new SecureRandom().nextInt(1_000_000), Optional.of("web"));
        change(way.stack(), key, terms -> terms.withNetworks(Set.of(Network.parse("127.0.0.0/8"))));
        String url = way.url().apply("small").replace("/chat/completions", "/key?model=small");

        HttpResponse<String> response =
            way.stack()
                .send(
                    HttpRequest.newBuilder(URI.create(url))
                        .header("authorization", "Bearer " + key.text().reveal())
                        .build());

        assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(200);
        answers.add(
            masked(response)
                .replaceAll("user-[0-9]+", "<user>")
                .replaceAll("\"(last_four|[a-z]+_at)\":[^,}]*", "<$1>"));
      }
    }
    assertThat(answers).hasSize(1);
  }

  @Test
  void twoAuthorizationHeaders_getNobodyInAnyWay() {
    for (Way way : edges.ways()) {
      String bearer = "Bearer " + way.stack().key("twice", "web");

      int status = way.chat(bearer, "small", body("small"), "authorization", bearer).statusCode();

      assertThat(status).as("%s", way).isIn(400, 401); // NGINX refuses them itself
    }
  }

  @Test
  void logsOfTheEdges_afterAllOfThis_haveNoComplaint() {
    assertThat(edges.complaints()).isEmpty();
  }

  interface Asking<T> {
    T ask(String user, KeyIssuer.Issued key);
  }

  /** Asks with the key of a new user, under a load. */
  static <T> T under(Way way, Load load, String tier, Asking<T> asking) {
    String user = "user-" + new SecureRandom().nextInt(1_000_000_000);
    KeyIssuer.Issued key =
        way.stack().issue(user, Optional.of(tier).filter(name -> !name.equals("-")));
    String bearer = "Bearer " + key.text().reveal();
    switch (load) {
      case NONE -> {
        return asking.ask(user, key);
      }
      case RATE_OF_KEY_USED_UP, RUNNING_OF_KEY_FULL -> {
        String limit = load == Load.RUNNING_OF_KEY_FULL ? "running=1" : "1/50m";
        change(way.stack(), key, terms -> terms.withLimits(limits(limit)));
      }
      case RATE_OF_USER_USED_UP ->
          way.stack().change(RecordKind.USER, user, one -> one.withLimits(limits("1/50m")));
      case RATE_OF_PROJECT_USED_UP, RATE_OF_ORGANIZATION_USED_UP -> {
        return underSharedRate(way, load, bearer, () -> asking.ask(user, key));
      }
      default -> {}
    }
    return switch (load) {
      case QUEUE_FULL -> underFullQueue(way, bearer, () -> asking.ask(user, key));
      case RUNNING_OF_KEY_FULL -> underRunning(way, bearer, () -> asking.ask(user, key));
      default -> {
        useUp(way, bearer);
        yield asking.ask(user, key);
      }
    };
  }

  private static void useUp(Way way, String bearer) {
    for (int status = 200; status == 200; ) {
      status = way.chat(bearer, "small", body("small")).statusCode();
    }
  }

  /** Project and organization are those of all tests: so what they had is made to be forgotten. */
  private static <T> T underSharedRate(Way way, Load load, String bearer, Supplier<T> asking) {
    boolean project = load == Load.RATE_OF_PROJECT_USED_UP;
    Consumer<OwnLimits> limit =
        limits -> {
          if (project) {
            way.stack().change(RecordKind.PROJECT, "default", one -> one.withLimits(limits));
          } else {
            way.stack()
                .change(RecordKind.ORGANIZATION, Stack.ORGANIZATION, one -> one.withLimits(limits));
          }
        };
    limit.accept(limits("1/50m"));
    try {
      useUp(way, bearer);
      return asking.get();
    } finally {
      limit.accept(OwnLimits.NONE);
      try (RedisClient client = RedisClient.create(way.stack().redis().url())) {
        client.connect().sync().del("{acme}:rate:project:default", "{acme}:rate:organization:acme");
      }
    }
  }

  private static <T> T underRunning(Way way, String bearer, Supplier<T> asking) {
    CompletableFuture<?> running =
        way.stack().http().sendAsync(slow(way, bearer, "small", body("small")), drop());
    try {
      Awaitility.await()
          .until(
              () ->
                  way.stack()
                      .get("/v1/key", bearer.substring("Bearer ".length()))
                      .body()
                      .matches(".*\"concurrency\"[^}]*\"used\":1.*"));
      return asking.get();
    } finally {
      running.cancel(true);
    }
  }

  private static <T> T underFullQueue(Way way, String bearer, Supplier<T> asking) {
    // What the last way left there has gone.
    Awaitility.await()
        .until(() -> way.stack().metrics().contains("sluice_slots_busy{deployment=\"two\",} 0.0"));
    // One runs, one waits; the next is one too many.
    String slow = body("narrow", ",\"max_tokens\":100000");
    List<CompletableFuture<?>> before =
        List.of(
            way.stack().http().sendAsync(slow(way, bearer, "narrow", slow), drop()),
            way.stack().http().sendAsync(slow(way, bearer, "narrow", slow), drop()));
    try {
      Awaitility.await()
          .until(
              () ->
                  way.stack()
                      .metrics()
                      .contains("sluice_queue_length{model=\"narrow\",qos=\"narrow\",} 1.0"));
      return asking.get();
    } finally {
      before.forEach(future -> future.cancel(true));
    }
  }

  private static OwnLimits limits(String text) {
    return OwnLimits.of(LimitText.parse(text));
  }

  private static HttpRequest slow(Way way, String bearer, String model, String body) {
    return way.request(bearer, model)
        .header("x-simulate", "ttft=30s")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static HttpResponse.BodyHandler<Void> drop() {
    return HttpResponse.BodyHandlers.discarding();
  }

  private static HttpResponse<String> ask(
      Way way, Presented presented, KeyIssuer.Issued issued, String model, boolean stream) {
    String body = body(model, stream ? ",\"stream\":true" : "");
    String bearer = "Bearer " + issued.text().reveal();
    return given(
        way.stack(), presented, issued, () -> present(way, presented, bearer, model, body));
  }

  /** Asks while a key is what is presented. */
  static <T> T given(
      Stack stack, Presented presented, KeyIssuer.Issued issued, Supplier<T> asking) {
    switch (presented) {
      case REVOKED -> stack.replace(issued.record().revoke());
      case EXPIRED -> change(stack, issued, terms -> terms.withExpiry(Optional.of(Instant.EPOCH)));
      case ROTATED -> stack.replace(rotated(issued, Duration.ZERO));
      case IN_GRACE -> stack.replace(rotated(issued, Duration.ofHours(1)));
      case OF_ARCHIVED_USER ->
          stack.change(RecordKind.USER, issued.record().user(), user -> user.archived(true));
      case OF_ARCHIVED_PROJECT -> archive(stack, issued, true);
      case OF_ARCHIVED_ORGANIZATION ->
          stack.change(RecordKind.ORGANIZATION, Stack.ORGANIZATION, all -> all.archived(true));
      case OLD -> age(stack, issued, 70);
      case OVER_AGE -> age(stack, issued, 100);
      case WITHOUT_PERMISSION ->
          change(stack, issued, terms -> terms.withPermissions(Set.of(Permission.USAGE_READ)));
      case OF_ADMINISTRATOR ->
          stack.change(
              RecordKind.USER,
              issued.record().user(),
              user -> user.withRole(Role.ORGANIZATION_ADMIN));
      case FROM_OTHER_NETWORK ->
          change(stack, issued, terms -> terms.withNetworks(Set.of(Network.parse("192.0.2.0/24"))));
      case FROM_ITS_NETWORK ->
          change(stack, issued, terms -> terms.withNetworks(Set.of(Network.parse("127.0.0.0/8"))));
      case FOR_OTHER_MODEL -> change(stack, issued, terms -> terms.withModels(Set.of("large")));
      default -> {}
    }
    try {
      return asking.get();
    } finally {
      // What was shared with the rows to come.
      switch (presented) {
        case OF_ARCHIVED_PROJECT -> archive(stack, issued, false);
        case OF_ARCHIVED_ORGANIZATION ->
            stack.change(RecordKind.ORGANIZATION, Stack.ORGANIZATION, all -> all.archived(false));
        default -> {}
      }
    }
  }

  private static HttpResponse<String> present(
      Way way, Presented presented, String bearer, String model, String body) {
    return switch (presented) {
      case NOTHING -> way.chat("", model, body);
      case NO_KEY_AT_ALL -> way.chat("Bearer sk-nonsense-abcd", model, body);
      case BASIC -> way.chat("Basic dXNlcjpwYXNz", model, body);
      case UNKNOWN ->
          way.chat(
              "Bearer " + KeyText.generate(Stack.ORGANIZATION, new Random(1)).reveal(),
              model,
              body);
      default -> way.chat(bearer, model, body);
    };
  }

  private static void archive(Stack stack, KeyIssuer.Issued issued, boolean now) {
    stack.change(RecordKind.PROJECT, issued.record().project(), all -> all.archived(now));
  }

  private static void age(Stack stack, KeyIssuer.Issued issued, int days) {
    stack.limitAgeOfKeys();
    stack.age(issued.record(), days);
  }

  private static void change(Stack stack, KeyIssuer.Issued issued, UnaryOperator<KeyTerms> change) {
    stack.replace(issued.record().under(change.apply(issued.record().terms())));
  }

  private static ApiKey rotated(KeyIssuer.Issued issued, Duration grace) {
    KeyText next = KeyText.generate(Stack.ORGANIZATION, new SecureRandom());
    return issued.record().rotate(next, Instant.now(), grace);
  }

  private static Arguments ownRate(String load) {
    return row(
        "GOOD",
        "web",
        "small",
        false,
        load,
        429,
        "rate_limit_exceeded",
        LIMITS_DAY + " x-should-retry");
  }

  private static Arguments row(
      String presented,
      String tier,
      String model,
      boolean stream,
      String load,
      int status,
      String code,
      String headers) {
    return Arguments.of(
        Presented.valueOf(presented),
        tier,
        model,
        stream,
        Load.valueOf(load),
        status,
        code,
        headers);
  }

  private static Map<String, List<String>> named(HttpResponse<String> response) {
    Map<String, List<String>> named = new TreeMap<>(response.headers().map());
    named.keySet().retainAll(NAMED);
    return named;
  }

  private static String values(HttpResponse<String> response) {
    Map<String, List<String>> values = named(response);
    values.keySet().removeAll(TIMES);
    // The days of a key are said, not the second at which it was issued.
    return " "
        + values
            .toString()
            .replaceAll("[0-9-]{10}T[0-9:]{8}Z", "<time>")
            .replaceAll("user-[0-9]+", "<user>");
  }

  /** The body without what differs from one request to the next: its user, its times, its ids. */
  private static String masked(HttpResponse<String> response) {
    return response
        .body()
        .replaceAll("user-[0-9]+", "<user>")
        .replaceAll("key-[0-9a-f]{16}", "<key id>")
        .replaceAll("\\*{5}[0-9A-Za-z]{4}", "<key>")
        .replaceAll("Try again in .*?\\)\\.", "<time>")
        .replaceAll("\"id\":\"[^\"]*\"", "<id>")
        .replaceAll(
            "(\"[a-z_]*(?:time|created|latency|per_sec|token_sec)[a-z_]*\":)[0-9.eE+-]+", "$1<n>");
  }

  private static Set<String> words(String text) {
    Set<String> words = new TreeSet<>(List.of(text.strip().split(" +", -1)));
    return words;
  }
}
