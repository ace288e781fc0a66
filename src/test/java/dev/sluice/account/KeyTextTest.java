package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTextTest {
  /** As it is documented for secret scanners. */
  private static final Pattern SCANNER = Pattern.compile("sluice_[a-z0-9-]{1,40}_[0-9A-Za-z]{49}");

  private static final RandomGenerator RANDOM = new Random(1);

  @ParameterizedTest
  @ValueSource(strings = {"a", "acme", "a-b-c", "0", "0123456789012345678901234567890123456789"})
  void parse_generated_isTheSameKey(String organization) {
    KeyText key = KeyText.generate(organization, RANDOM);

    assertThat(KeyText.parse(key.reveal())).contains(key);
    assertThat(key.organization()).isEqualTo(organization);
    assertThat(key.reveal()).matches(SCANNER).endsWith(key.lastFour());
    assertThat(key.hash()).matches("[0-9a-f]{64}");
    assertThat(KeyText.parse(key.reveal()).map(KeyText::hash)).contains(key.hash());
  }

  @Test
  void parse_anyCharacterChanged_isEmpty() {
    String text = KeyText.generate("acme", RANDOM).reveal();
    for (int i = 0; i < text.length(); i++) {
      for (char c = 0; c < 256; c++) {
        if (c != text.charAt(i)) {
          String changed = text.substring(0, i) + c + text.substring(i + 1);
          assertThat(KeyText.parse(changed)).as(changed).isEmpty();
        }
      }
    }
  }

  @Test
  void parse_anyTwoNeighboursSwapped_isEmpty() {
    String text = KeyText.generate("acme", RANDOM).reveal();
    for (int i = 0; i + 1 < text.length(); i++) {
      String swapped =
          text.substring(0, i) + text.charAt(i + 1) + text.charAt(i) + text.substring(i + 2);
      if (!swapped.equals(text)) {
        assertThat(KeyText.parse(swapped)).as(swapped).isEmpty();
      }
    }
  }

  @Test
  void parse_characterAddedOrLost_isEmpty() {
    String text = KeyText.generate("acme", RANDOM).reveal();
    for (int i = 0; i < text.length(); i++) {
      assertThat(KeyText.parse(text.substring(0, i) + text.substring(i + 1))).isEmpty();
      assertThat(KeyText.parse(text.substring(0, i) + "0" + text.substring(i))).isEmpty();
      assertThat(KeyText.parse(text.substring(0, i))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sluice_", "sk-abc", "sluice__", "_", "sluice_acme_"})
  void parse_otherText_isEmpty(String text) {
    assertThat(KeyText.parse(text)).isEmpty();
  }

  @Test
  void generate_random_keysDiffer() {
    KeyText one = KeyText.generate("acme", RANDOM);
    KeyText other = KeyText.generate("acme", RANDOM);

    assertThat(one).isNotEqualTo(other);
    assertThat(one.hash()).isNotEqualTo(other.hash());
  }

  @Test
  void generate_extremeBits_haveTheSameLength() {
    for (byte filling : new byte[] {0, -1}) {
      KeyText key = KeyText.generate("acme", filledWith(filling));
      assertThat(key.reveal()).matches(SCANNER);
      assertThat(KeyText.parse(key.reveal())).contains(key);
    }
  }

  private static RandomGenerator filledWith(byte filling) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return filling;
      }

      @Override
      public void nextBytes(byte[] bytes) {
        Arrays.fill(bytes, filling);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Acme", "a_b", "-a", "a-", "a b", "01234567890123456789012345678901234567890"})
  void generate_badOrganization_isRefused(String organization) {
    assertThatThrownBy(() -> KeyText.generate(organization, RANDOM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + organization + "'");
  }

  @Test
  void toString_showsTheLastFourOnly() {
    KeyText key = KeyText.generate("acme", RANDOM);

    assertThat(key).hasToString("*****" + key.reveal().substring(key.reveal().length() - 4));
    assertThat(new Credential.Presented(key).toString()).doesNotContain("sluice_");
    assertThat(Optional.of(key).toString()).doesNotContain("sluice_");
  }
}
