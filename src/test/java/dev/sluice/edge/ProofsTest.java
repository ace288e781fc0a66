package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.metrics.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A proof changes something only when it is whole, fresh, and of the same key. */
final class ProofsTest {
  private static final byte[] SECRET = new byte[32];

  private final Metrics metrics = new Metrics();
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final Proofs proofs = proofs();

  private Proofs proofs() {
    return new Proofs(Duration.ofSeconds(60), () -> now, new RequestId(), metrics);
  }

  @BeforeEach
  void adopt() {
    proofs.adopt(SECRET);
  }

  @Test
  void request_ownProof_isTheSameForAllAttempts() {
    Optional<String> proof = proofs.issue(caller("k1"));

    Optional<String> request = proofs.request(proof, caller("k1"));

    assertThat(request).isPresent();
    assertThat(proofs.request(proof, caller("k1"))).isEqualTo(request);
    assertThat(counted("valid")).isEqualTo(2);
  }

  @Test
  void request_twoProofs_areTwoRequests() {
    Optional<String> one = proofs.request(proofs.issue(caller("k1")), caller("k1"));
    Optional<String> two = proofs.request(proofs.issue(caller("k1")), caller("k1"));

    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void request_proofOfAnotherReplica_isValid() {
    Proofs other = proofs();
    other.adopt(SECRET.clone());

    assertThat(other.request(proofs.issue(caller("k1")), caller("k1"))).isPresent();
  }

  @Test
  void request_proofOfAnotherKey_isInvalid() {
    assertThat(proofs.request(proofs.issue(caller("k1")), caller("k2"))).isEmpty();
    assertThat(counted("invalid")).isEqualTo(1);
  }

  @Test
  void request_proofByAnotherSecret_isInvalid() {
    Proofs foreign = proofs();
    foreign.adopt(new byte[] {1, 2, 3});

    assertThat(proofs.request(foreign.issue(caller("k1")), caller("k1"))).isEmpty();
    assertThat(counted("invalid")).isEqualTo(1);
  }

  @Test
  void request_lifetimeOver_isExpired() {
    Optional<String> proof = proofs.issue(caller("k1"));
    now = now.plusSeconds(60);
    assertThat(proofs.request(proof, caller("k1"))).isPresent();
    now = now.plusSeconds(1);

    assertThat(proofs.request(proof, caller("k1"))).isEmpty();
    assertThat(counted("expired")).isEqualTo(1);
  }

  @Test
  void request_noProof_isMissing() {
    assertThat(proofs.request(Optional.empty(), caller("k1"))).isEmpty();
    assertThat(counted("missing")).isEqualTo(1);
  }

  @Test
  void issue_noSecretYet_givesNone() {
    assertThat(proofs().issue(caller("k1"))).isEmpty();
  }

  static Stream<String> forgeries() {
    String mac = "A".repeat(22);
    String id = "0".repeat(32);
    return Stream.of(
        "",
        "1",
        "x".repeat(100_000),
        "1." + id + ".1795348800." + mac,
        "1." + id + ".999999999999." + mac,
        "2." + id + ".1795348800." + mac,
        "1." + id + ".-1." + mac,
        "1." + id + ".1795348800." + mac + ",1." + id + ".1795348800." + mac,
        "1." + id + ".1795348800.\u0000" + mac);
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void request_forged_isInvalid(String forged) {
    assertThat(proofs.request(Optional.of(forged), caller("k1"))).isEmpty();
    assertThat(counted("invalid")).isEqualTo(1);
  }

  @Test
  void request_anyCharacterChanged_isInvalid() {
    String proof = proofs.issue(caller("k1")).orElseThrow();
    for (int i = 0; i < proof.length(); i++) {
      char other = proof.charAt(i) == '1' ? '2' : '1';
      // The last character carries 2 bits that belong to no byte; those may differ.
      if (i < proof.length() - 1) {
        String changed = proof.substring(0, i) + other + proof.substring(i + 1);
        assertThat(proofs.request(Optional.of(changed), caller("k1"))).as(changed).isEmpty();
      }
    }
  }

  private double counted(String result) {
    Double value =
        metrics
            .registry()
            .getSampleValue("sluice_proofs_total", new String[] {"result"}, new String[] {result});
    return value == null ? 0 : value;
  }

  private static Caller caller(String key) {
    return new Caller(
        new Organization("acme", "Acme", Optional.empty()),
        new Project("acme", "p", "p", Optional.empty()),
        new User("acme", "u", "u", Role.DEVELOPER, Optional.empty()),
        new ApiKey(
            "acme",
            key,
            "p",
            "u",
            KeyTerms.named("key"),
            Instant.EPOCH,
            new KeySecret("00".repeat(32), "abcd", Instant.EPOCH),
            Optional.empty(),
            false),
        1);
  }
}
