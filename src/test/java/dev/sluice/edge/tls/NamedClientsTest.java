package dev.sluice.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.Authority;
import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a door believes that asks its clients for a name. */
final class NamedClientsTest {
  private final Authority authority = new Authority("clients");
  private final Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

  private X509Certificate[] chain(Authority signer) {
    CertificateBuilder names = new CertificateBuilder().ecp256().addSanDnsName("edge.example");
    // Beside the names of all test certificates: localhost and 127.0.0.1.
    return signer.issue(names, "common", tomorrow).getCertificatePath();
  }

  private NamedClients asking(String name) {
    return new NamedClients(List.of(authority.certificate()), name);
  }

  @ParameterizedTest
  @CsvSource({
    "edge.example, true",
    "EDGE.example, true",
    "127.0.0.1, true",
    "localhost, true",
    "a.edge.example, false",
    "127.0.0.2, false",
    "common, false",
    "other.example, false",
  })
  void clientWithACertificateOfTheAuthority_comesIn_whenItIsOfTheName(
      String name, boolean comesIn) {
    assertThat(believes(asking(name), authority)).isEqualTo(comesIn);
  }

  @Test
  void clientOfAnotherAuthority_doesNotComeIn_withTheRightName() {
    assertThat(believes(asking("edge.example"), new Authority("others"))).isFalse();
  }

  @Test
  void refusal_saysWhichNameIsMissing() {
    assertThatThrownBy(() -> asking("other.example").checkClientTrusted(chain(authority), "EC"))
        .hasMessage("the client's certificate is not of other.example");
  }

  private boolean believes(NamedClients clients, Authority signer) {
    try {
      clients.checkClientTrusted(chain(signer), "EC");
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
