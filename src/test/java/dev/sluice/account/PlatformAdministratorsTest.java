package dev.sluice.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlatformAdministratorsTest {
  @Test
  void includes_anyCase_isTheSamePerson() {
    PlatformAdministrators some = PlatformAdministrators.NONE.with("Ada@Example.org");

    assertThat(some.includes("aDA@example.ORG")).isTrue();
    assertThat(some.includes("ida@example.org")).isFalse();
    assertThat(some.names()).containsExactly("ada@example.org");
    assertThat(some).isEqualTo(new PlatformAdministrators(Set.of("ADA@example.org")));
  }

  @Test
  void names_cannotBeChanged() {
    assertThatThrownBy(() -> PlatformAdministrators.NONE.with("a@b").names().add("c@d"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "ada", "@b", "a@", "a@b@c", "a b@c", "a@b\nc"})
  void with_whatIsNoName_isRefused(String name) {
    assertThatThrownBy(() -> PlatformAdministrators.NONE.with(name))
        .isInstanceOf(InvalidRecord.class)
        .hasMessageContaining("ada@example.org");
  }
}
