package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Stored;
import dev.sluice.consistency.Way.Kind;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three servers on one Redis, each a process of its own, are asked without a pause by clients of
 * one key. What decides about the key is changed by the command line. A request that begins when
 * the command has ended is decided by what it made true; one that no script decides (a door in
 * front mode, the list of models), when it begins half a second later.
 */
class ChangesUnderLoadIT {
  private static final long HALF_A_SECOND = Duration.ofMillis(500).toNanos();
  private static final String REFUSED = "401 invalid_api_key";
  @TempDir private static Path folder;
  private static final AtomicInteger organizations = new AtomicInteger();
  private static Stack stack;
  private static CommandLines sluice;
  private static final List<Replica> replicas = new ArrayList<>();

  @BeforeAll
  static void start() {
    stack = Replica.stack(folder);
    sluice = new CommandLines(stack.configurationFile());
    // Every door in every mode, and two replicas at least where a script decides.
    replicas.add(replica("first", "full", "full"));
    replicas.add(replica("second", "front", "full"));
    replicas.add(replica("third", "full", "front"));
  }

  private static Replica replica(String name, String auth, String extAuthz) {
    return new Replica(
        name,
        folder,
        stack.configurationFile(),
        Map.of(
            "SLUICE_AUTH_MODE",
            auth,
            "SLUICE_EXT_AUTHZ_MODE",
            extAuthz,
            "SLUICE_AUTH_TIMEOUT",
            "20s",
            "SLUICE_EXT_AUTHZ_TIMEOUT",
            "20s"));
  }

  @AfterAll
  static void stop() {
    replicas.forEach(Replica::close);
    stack.close();
  }

  /** A key, and what belongs to it. */
  private record Given(String organization, KeyIssuer.Issued issued) {
    private String id() {
      return issued.record().id();
    }

    /** A command about it. */
    private void run(String words) {
      sluice.ok(words.replace("ORG", organization).replace("KEY", id()).split(" ", -1));
    }
  }

  /** What can be changed, and what is said then, at the ways of each kind. */
  private enum Change {
    REVOKED("keys revoke KEY --organization ORG", REFUSED, REFUSED, REFUSED),
    EXPIRED("", REFUSED, REFUSED, REFUSED) {
      @Override
      void make(Given given) {
        KeyTerms terms = given.issued().record().terms();
        Path file = folder.resolve(given.organization() + ".yaml");
        write(
            file,
            """
            organizations:
            - id: %s
              projects: [{id: search}]
              users: [{id: ann, tier: web}]
              keys: [{name: %s, project: search, user: ann, expires: 2020-01-01T00:00:00Z}]
            """
                .formatted(given.organization(), terms.name()));
        sluice.ok("apply", "-f", file.toString());
      }
    },
    OVER_AGE("orgs change ORG --key-age 1d,2d", REFUSED, REFUSED, REFUSED),
    ROTATED_WITHOUT_GRACE(
        "keys rotate KEY --organization ORG --grace 0", REFUSED, REFUSED, REFUSED),
    NETWORK(
        "keys change KEY --organization ORG --networks 192.0.2.0/24",
        "403 key_network_not_allowed",
        "403 key_network_not_allowed",
        "403 key_network_not_allowed"),
    /** A door in front of the gateway leaves permissions and models to that. */
    NO_INFERENCE(
        "keys change KEY --organization ORG --permissions models",
        "403 key_permission_missing",
        "200",
        "200 large small"),
    NO_MODELS(
        "keys change KEY --organization ORG --permissions inference",
        "200 100000",
        "200",
        "403 key_permission_missing"),
    MODEL_TAKEN_OUT(
        "keys change KEY --organization ORG --models large",
        "403 key_model_not_allowed",
        "200",
        "200 large"),
    PROJECT_ARCHIVED("projects archive search --organization ORG", REFUSED, REFUSED, REFUSED),
    USER_ARCHIVED("users archive ann --organization ORG", REFUSED, REFUSED, REFUSED),
    ORGANIZATION_ARCHIVED("orgs archive ORG", REFUSED, REFUSED, REFUSED),
    TIER_OF_THE_USER(
        "tiers assign gold --organization ORG --user ann", "200 200000", "200", "200 small"),
    TIER_OF_THE_KEY(
        "tiers assign gold --organization ORG --key KEY", "200 200000", "200", "200 small"),
    TIER_WITHOUT_THE_MODEL(
        "tiers assign other --organization ORG --user ann",
        "404 model_not_found",
        "200",
        "200 large");

    private final String command;
    private final String counted;
    private final String front;
    private final String models;

    Change(String command, String counted, String front, String models) {
      this.command = command;
      this.counted = counted;
      this.front = front;
      this.models = models;
    }

    void make(Given given) {
      given.run(command);
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void aChange_decidesEveryRequestThatBeginsAfterIt(Change change) {
    Given given = given();
    String key = given.issued().text().reveal();
    try (Clients clients = new Clients(ways(), key)) {
      clients.await(3, Long.MIN_VALUE);
      long before = System.nanoTime();
      change.make(given);
      long after = System.nanoTime();
      // The very first decision of each, whatever the clients are at.
      for (Way way : ways()) {
        if (way.kind() == Kind.COUNTED) {
          assertThat(way.verdict().apply(key)).as(way.name()).isEqualTo(change.counted);
        }
      }
      clients.await(3, after + HALF_A_SECOND);
      clients.end();

      clients.allSaw(Kind.COUNTED, "200 100000", Long.MIN_VALUE, before);
      clients.allSaw(Kind.FRONT, "200", Long.MIN_VALUE, before);
      clients.allSaw(Kind.MODELS, "200 large small", Long.MIN_VALUE, before);
      clients.allSaw(Kind.COUNTED, change.counted, after, Long.MAX_VALUE);
      clients.allSaw(Kind.FRONT, change.front, after + HALF_A_SECOND, Long.MAX_VALUE);
      clients.allSaw(Kind.MODELS, change.models, after + HALF_A_SECOND, Long.MAX_VALUE);
    }
  }

  /**
   * A refusal too may be half a second old: strangers would else ask Redis as often as they like.
   */
  @Test
  void whatIsBroughtBack_isHonouredHalfASecondLater() {
    Given given = given();
    given.run("projects archive search --organization ORG");
    try (Clients clients = new Clients(ways(), given.issued().text().reveal())) {
      clients.await(3, Long.MIN_VALUE);
      long before = System.nanoTime();
      given.run("projects restore search --organization ORG");
      long after = System.nanoTime();
      clients.await(3, after + HALF_A_SECOND);
      clients.end();

      for (Kind kind : Kind.values()) {
        clients.allSaw(kind, REFUSED, Long.MIN_VALUE, before);
      }
      clients.allSaw(Kind.COUNTED, "200 100000", after + HALF_A_SECOND, Long.MAX_VALUE);
      clients.allSaw(Kind.FRONT, "200", after + HALF_A_SECOND, Long.MAX_VALUE);
      clients.allSaw(Kind.MODELS, "200 large small", after + HALF_A_SECOND, Long.MAX_VALUE);
    }
  }

  @Test
  void aRotatedKey_worksByBothTextsUntilTheGraceIsOver() {
    Given given = given();
    try (Clients old = new Clients(ways(), given.issued().text().reveal())) {
      old.await(3, Long.MIN_VALUE);
      KeyText text = KeyText.generate(given.organization(), new SecureRandom());
      ApiKey rotated = given.issued().record().rotate(text, Instant.now(), Duration.ofSeconds(4));
      stack.accounts().replace("test", new Stored<>(rotated, 1)).toCompletableFuture().join();
      long until =
          System.nanoTime()
              + Duration.between(Instant.now(), rotated.previous().orElseThrow().until()).toNanos();
      for (Way way : ways()) {
        assertThat(way.verdict().apply(text.reveal())).as(way.name()).startsWith("200");
      }
      // Its own clock and this process's may be read some milliseconds apart.
      long apart = Duration.ofMillis(50).toNanos();
      old.await(3, until + apart);
      old.end();

      old.allSaw(Kind.COUNTED, "200 100000", Long.MIN_VALUE, until - apart);
      old.allSaw(Kind.FRONT, "200", Long.MIN_VALUE, until - apart);
      for (Kind kind : Kind.values()) {
        old.allSaw(kind, REFUSED, until + apart, Long.MAX_VALUE);
      }
      for (Way way : ways()) {
        assertThat(way.verdict().apply(text.reveal())).as(way.name()).startsWith("200");
      }
    }
  }

  private static List<Way> ways() {
    return replicas.stream().flatMap(replica -> replica.ways().stream()).toList();
  }

  /** A new organization with a key that is ten days old. */
  private static Given given() {
    String organization = "org-" + organizations.incrementAndGet();
    KeyIssuer issuer =
        new KeyIssuer(
            stack.accounts(),
            new SecureRandom(),
            InstantSource.fixed(Instant.now().minus(Duration.ofDays(10))),
            "test");
    return new Given(
        organization,
        issuer
            .issue(
                new KeyIssuer.Order(
                    organization, "search", "ann", Optional.of("web"), KeyTerms.named("nightly")))
            .toCompletableFuture()
            .join());
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
