package dev.sluice.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns as a terminal shows them. */
final class TerminalTextTest {
  @ParameterizedTest
  @CsvSource({
    "Ada, 3",
    "Zoë, 3",
    "Zoe\u0308, 3",
    "日本, 4",
    "한글, 4",
    "ｆｕｌｌ, 8",
    "🚀, 2",
    "👩‍🚀, 2",
    "👍🏽, 2",
    "🏳️‍🌈, 2",
    "🇩🇪, 2",
    "❤️, 2",
    "שלום, 4",
    "שלום\u200F, 4",
    "مرحبا, 5",
    "−, 1"
  })
  void width_ofAText_isThatOfWhatIsSeen(String text, int columns) {
    assertThat(TerminalText.width(text)).isEqualTo(columns);
  }

  @Test
  void lines_wideAndNarrowTexts_standInColumns() {
    assertThat(
            TextTable.of(
                    List.of(
                        List.of("NAME", "TIER"), List.of("日本語", "web"), List.of("👩‍🚀", "free")))
                .lines())
        .containsExactly("NAME    TIER", "日本語  web", "👩‍🚀      free");
  }

  @Test
  void lines_textFromRightToLeft_turnsNothingElseAround() {
    assertThat(TextTable.of(List.of(List.of("שלום", "60d/90d"))).lines())
        .containsExactly("\u2068שלום\u2069  60d/90d");
  }
}
