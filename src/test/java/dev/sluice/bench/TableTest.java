package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell_andNothingStandsBehindTheLast() {
    Table table = new Table().row("a", "µs", "").row("a long name", "1 (1 – 2)", "x").row("b");

    assertThat(table)
        .hasToString(
            """
            a            µs
            a long name  1 (1 – 2)  x
            b
            """);
  }
}
