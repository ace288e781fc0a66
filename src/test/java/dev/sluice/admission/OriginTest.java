package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginTest {
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "::1", "2001:DB8::1", "::ffff:192.0.2.1"})
  void of_literal_isTheAddress(String literal) throws UnknownHostException {
    assertThat(Origin.of(Optional.of(literal)))
        .isEqualTo(new Origin.Address(InetAddress.getByName(literal)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "example.org", "1", "192.0.2", "192.0.2.256", ":::", "a", "1,2"})
  void of_anythingElse_isUnknownAndNotLookedUp(String text) {
    assertThat(Origin.of(Optional.of(text))).isEqualTo(new Origin.Unknown());
  }

  @Test
  void of_nothing_isUnknown() {
    assertThat(Origin.of(Optional.empty())).isEqualTo(new Origin.Unknown());
  }
}
