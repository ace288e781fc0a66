package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Authority;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A connection that cannot be made says in one line why, and what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTlsFaultsIT {
  private final Authority authority = new Authority("private");
  private Path folder;
  private RedisProcess good;
  private RedisProcess expired;
  private RedisProcess mutual;
  private int goodTls;
  private int expiredTls;
  private int mutualTls;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    this.folder = folder;
    authority.write(folder.resolve("ca.crt"));
    new Authority("other").write(folder.resolve("other.crt"));
    Authority.write(folder, "good", authority.issue("redis"));
    Authority.write(folder, "expired", authority.issue("redis", Instant.now().minusSeconds(3600)));
    goodTls = RedisProcess.freePort();
    good = server(goodTls, "good", "no");
    expiredTls = RedisProcess.freePort();
    expired = server(expiredTls, "expired", "no");
    mutualTls = RedisProcess.freePort();
    mutual = server(mutualTls, "good", "yes");
    Files.writeString(folder.resolve("sambastack.yaml"), RedisContract.SAMBASTACK);
  }

  private RedisProcess server(int tlsPort, String certificate, String clients) {
    return RedisProcess.start(
        folder,
        "tls-port " + tlsPort,
        "tls-cert-file " + folder.resolve(certificate + ".crt"),
        "tls-key-file " + folder.resolve(certificate + ".key"),
        "tls-ca-cert-file " + folder.resolve("ca.crt"),
        "tls-auth-clients " + clients,
        "requirepass right",
        "bind 127.0.0.1 127.0.0.2");
  }

  @AfterAll
  void stop() {
    good.close();
    expired.close();
    mutual.close();
  }

  @ParameterizedTest
  @CsvSource({
    "rediss://:right@127.0.0.1:GOOD, other.crt, signed by none of the authorities",
    "rediss://:right@127.0.0.1:GOOD, '', signed by none of the authorities",
    "rediss://:right@127.0.0.1:EXPIRED, ca.crt, is out of date",
    "rediss://:right@127.0.0.2:GOOD, ca.crt, is of another host",
    "rediss://:right@127.0.0.1:MUTUAL, ca.crt, redisTls.certificate",
    "rediss://:right@127.0.0.1:PLAIN, ca.crt, redis:// instead of rediss://",
    "redis://:right@127.0.0.1:GOOD, '', begins with rediss://",
    "redis://127.0.0.1:PLAIN, '', it wants a password",
    "redis://:wrong@127.0.0.1:PLAIN, '', user or password is wrong",
  })
  void connectionThatCannotBeMade_saysWhy(String url, String ca, String why) throws Exception {
    CommandLines.Ran ran = sluice(url, ca).run("orgs", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.said()).contains("Redis does not answer: ", why).doesNotContain("wrong@");
  }

  @Test
  void chainIsCheckedButNotTheName_whenTheUrlSaysSo() throws Exception {
    sluice("rediss://:right@127.0.0.2:GOOD?verifyPeer=ca", "ca.crt").ok("orgs", "list");
  }

  @Test
  void newAuthority_isTakenFromItsFileWithoutARestart() throws Exception {
    Path own = Files.createDirectory(folder.resolve("rotated"));
    Authority next = new Authority("next");
    Authority.write(own, "redis", authority.issue("redis"));
    authority.write(own.resolve("ca.crt"));
    int tls = RedisProcess.freePort();
    RedisProcess server =
        RedisProcess.start(
            own,
            "tls-port " + tls,
            "tls-cert-file " + own.resolve("redis.crt"),
            "tls-key-file " + own.resolve("redis.key"),
            "tls-ca-cert-file " + own.resolve("ca.crt"),
            "tls-auth-clients no",
            "appendonly yes");
    try (Running sluice =
        Running.on("rediss://127.0.0.1:" + tls, own, "redisTls: {ca: ca.crt}\n")) {
      Load load = sluice.load(sluice.key("acme"));
      try (load) {
        await().until(() -> served(load, 0));
        Authority.write(own, "redis", next.issue("redis"));
        server.kill();
        server.start();
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> sluice.logged("signed by none of the authorities") == 1);
        next.write(own.resolve("ca.crt"));
        int written = load.count();
        await().atMost(Duration.ofSeconds(60)).until(() -> served(load, written));
      }
      assertThat(sluice.logged("signed by none of the authorities")).isEqualTo(1);
    } finally {
      server.close();
    }
  }

  private static boolean served(Load load, int from) {
    return load.since(from).stream().anyMatch(answer -> answer.status() == 200);
  }

  private CommandLines sluice(String url, String ca) throws Exception {
    String address =
        url.replace("GOOD", Integer.toString(goodTls))
            .replace("EXPIRED", Integer.toString(expiredTls))
            .replace("MUTUAL", Integer.toString(mutualTls))
            .replace("PLAIN", Integer.toString(good.port()));
    Path yaml = Files.createTempFile(folder, "sluice", ".yaml");
    Files.writeString(
        yaml,
        "sambastack: sambastack.yaml\nredis: '%s'\n%sdeployments: []\n"
            .formatted(address, ca.isEmpty() ? "" : "redisTls: {ca: " + ca + "}\n"));
    return new CommandLines(yaml);
  }
}
