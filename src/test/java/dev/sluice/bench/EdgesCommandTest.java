package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EdgesCommandTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          auth,       auth_front auth_full
          authz,      authz_front authz_full_body authz_full_model
          limit_over, limit_over
          limit,      limit_hot limit_spread limit_three limit_over limit_over_cached limit_latency
          lim,        ''
          """)
  void aWordChoosesWhatIsCalledSo_elseAllThatBeginWithIt(String word, String ids) {
    assertThat(EdgesCommand.chosen(EdgeCase.all(1), word))
        .extracting(EdgeCase::id)
        .containsExactlyElementsOf(ids.isEmpty() ? List.of() : List.of(ids.split(" ")));
  }

  @Test
  void aRateOfNothingIsRefused() {
    assertThatThrownBy(() -> EdgeCase.all(0))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("at least one request a second");
  }

  @Test
  void whatThereIsNotIsNamed() {
    StringWriter err = new StringWriter();

    int exit =
        new CommandLine(new EdgesCommand())
            .setErr(new PrintWriter(err))
            .execute("--only", "limit_hot,zone");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("called zone;", "authz_front");
  }
}
