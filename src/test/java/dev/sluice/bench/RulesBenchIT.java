package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The benchmark runs and counts; nothing here speaks of speed. */
class RulesBenchIT {
  @Test
  void aShortRunHasALineForEachKindOfRuleAndNumberOfRules() {
    StringWriter out = new StringWriter();

    int exit =
        new CommandLine(new RulesCommand())
            .setOut(new PrintWriter(out))
            .execute("--seconds", "0.02", "--rounds", "1", "--forks", "0");

    assertThat(exit).isZero();
    assertThat(out.toString().lines()).hasSize(1 + 7 * 2);
    assertThat(out.toString())
        .contains("exact ", "bare ", "nested ", "wildcard_1 ", "wildcard_100 ", "nothing ");
  }
}
