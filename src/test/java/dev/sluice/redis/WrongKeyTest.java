package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.Callers;
import dev.sluice.account.Changes;
import dev.sluice.account.Credential;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.KeyUse;
import dev.sluice.account.Organization;
import dev.sluice.account.RecordKind;
import dev.sluice.admission.Admission;
import dev.sluice.admission.AdmissionRequest;
import dev.sluice.admission.Authentication;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Demand;
import dev.sluice.admission.Origin;
import dev.sluice.admission.Refusal;
import dev.sluice.policy.Catalog;
import io.lettuce.core.RedisClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A wrong key with a good checksum tells nothing of what there is: the same answer, by the same
 * commands in the same number, whichever organization it names.
 */
final class WrongKeyTest {
  private static final int KEYS = 20;

  private static EmbeddedRedis redis;
  private static EventLoopGroup loops;
  private static RedisConnections connections;
  private static RedisClient client;

  @BeforeAll
  static void start() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    connections = Store.connect(RedisOptions.of(redis.url()), loops);
    client = RedisClient.create(redis.url());
    RedisAccounts accounts = new RedisAccounts(connections);
    for (String organization : List.of("there", "archived")) {
      join(
          new KeyIssuer(accounts, new SecureRandom(), "test")
              .issue(
                  new KeyIssuer.Order(
                      organization, "p", "u", Optional.empty(), KeyTerms.named("n"))));
    }
    join(
        new Changes(accounts, "test")
            .change(
                RecordKind.ORGANIZATION,
                "archived",
                "archived",
                (Organization one) -> one.archived(true)));
  }

  @AfterAll
  static void stop() {
    client.shutdown();
    connections.close();
    var unused = loops.shutdownGracefully();
    redis.close();
  }

  @Test
  void wrongKey_ofWhicheverOrganization_asksRedisTheSame() {
    Map<String, Long> there = commands("there");

    assertThat(there).containsEntry("evalsha", 3L * KEYS).containsEntry("get", 3L * KEYS);
    assertThat(commands("nobody")).isEqualTo(there);
    assertThat(commands("archived")).isEqualTo(there);
    assertThat(commands("x".repeat(40))).isEqualTo(there);
  }

  /** Which commands Redis ran, and how often, for wrong keys at every way into a decision. */
  private static Map<String, Long> commands(String organization) {
    Admission admission =
        new Admission(
            () -> new Catalog(Map.of(), Map.of()),
            new Callers(new RedisAccounts(connections), 100, System::nanoTime),
            new RedisCounters(connections),
            Duration.ofMinutes(1),
            InstantSource.system(),
            KeyUse.IGNORED);
    try (var connection = client.connect()) {
      // So that the script is known, and no way is longer for being the first.
      refuse(admission, wrong(organization));
      connection.sync().configResetstat();
      for (int i = 0; i < KEYS; i++) {
        refuse(admission, wrong(organization));
      }
      Map<String, Long> calls = new TreeMap<>();
      connection
          .sync()
          .info("commandstats")
          .lines()
          .filter(line -> line.startsWith("cmdstat_"))
          .forEach(
              line ->
                  calls.put(
                      line.substring("cmdstat_".length(), line.indexOf(':')),
                      Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1"))));
      calls.keySet().removeIf(name -> name.startsWith("config") || name.equals("info"));
      calls.keySet().removeIf(name -> name.equals("ping"));
      return calls;
    }
  }

  private static void refuse(Admission admission, KeyText wrong) {
    Credential credential = new Credential.Presented(wrong);
    Refusal refusal = new Refusal.InvalidKey(Refusal.InvalidKey.Cause.UNKNOWN, wrong.lastFour());
    assertThat(join(admission.authenticate(credential)))
        .isEqualTo(new Authentication.Rejected(refusal, Optional.empty()));
    assertThat(
            join(
                admission.admit(
                    new AdmissionRequest(
                        "hold",
                        Optional.empty(),
                        credential,
                        "small",
                        Demand.UNKNOWN,
                        new Origin.Unknown(),
                        true))))
        .isEqualTo(new Decision.Refused(refusal, Optional.empty(), List.of()));
  }

  private static KeyText wrong(String organization) {
    return KeyText.generate(organization, new SecureRandom());
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
