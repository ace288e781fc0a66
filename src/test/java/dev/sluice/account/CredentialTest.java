package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CredentialTest {
  private static final KeyText KEY = KeyText.generate("acme", new Random(1));

  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER   %s  ", "  Bearer %s"})
  void ofAuthorization_key_isPresented(String header) {
    assertThat(Credential.ofAuthorization(Optional.of(header.formatted(KEY.reveal()))))
        .isEqualTo(new Credential.Presented(KEY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "Bearer", "Bearer ", "Basic dTpw", "Bearerx y", "Token x"})
  void ofAuthorization_noBearer_isNone(String header) {
    assertThat(Credential.ofAuthorization(Optional.of(header))).isEqualTo(new Credential.None());
  }

  @Test
  void ofAuthorization_bareKey_isNone() {
    assertThat(Credential.ofAuthorization(Optional.of(KEY.reveal())))
        .isEqualTo(new Credential.None());
    assertThat(Credential.ofAuthorization(Optional.empty())).isEqualTo(new Credential.None());
  }

  @ParameterizedTest
  @CsvSource({"sk-0123456789, 6789", "12345678, 5678", "1234567, 567", "123, 3", "1, ''"})
  void ofAuthorization_otherText_isMalformedAndShowsAtMostHalf(String text, String lastFour) {
    assertThat(Credential.ofAuthorization(Optional.of("Bearer " + text)))
        .isEqualTo(new Credential.Malformed(lastFour));
  }
}
