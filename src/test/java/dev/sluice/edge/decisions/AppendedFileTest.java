package dev.sluice.edge.decisions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that other programs move away. */
final class AppendedFileTest {
  private final Path folder;
  private final Path file;

  AppendedFileTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("decisions.jsonl");
  }

  @Test
  void write_fileThatIsThere_isAppendedTo() throws IOException {
    Files.writeString(file, "before\n");

    write(new AppendedFile(file), "one\ntwo\n");

    assertThat(file).hasContent("before\none\ntwo\n");
  }

  @Test
  void write_fileThatWasMovedAway_goesToANewOne() throws IOException {
    AppendedFile appended = new AppendedFile(file);
    write(appended, "one\n");
    Path moved = Files.move(file, folder.resolve("decisions.jsonl.1"));

    write(appended, "two\n");

    assertThat(moved).hasContent("one\n");
    assertThat(file).hasContent("two\n");
  }

  @Test
  void write_fileThatWasReplaced_goesToTheOtherOne() throws IOException {
    AppendedFile appended = new AppendedFile(file);
    write(appended, "one\n");
    Files.move(file, folder.resolve("decisions.jsonl.1"));
    Files.createFile(file);

    write(appended, "two\n");

    assertThat(file).hasContent("two\n");
  }

  @Test
  void open_fileThatEndsWithinALine_beginsANewOne() throws IOException {
    Files.writeString(file, "whole\ncut of");

    write(new AppendedFile(file), "one\n");

    assertThat(file).hasContent("whole\ncut of\none\n");
  }

  @Test
  void open_folderThatIsNotThere_fails() {
    assertThatThrownBy(() -> new AppendedFile(folder.resolve("nowhere/decisions.jsonl")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void write_folderThatGoesAndComesBack_failsMeanwhileOnly() throws IOException {
    Path away = Files.createDirectory(folder.resolve("logs"));
    AppendedFile appended = new AppendedFile(away.resolve("decisions.jsonl"));
    Files.move(away, folder.resolve("elsewhere"));

    assertThatThrownBy(() -> write(appended, "one\n")).isInstanceOf(IOException.class);
    Files.createDirectory(away);
    write(appended, "two\n");

    assertThat(away.resolve("decisions.jsonl")).hasContent("two\n");
  }

  private static void write(AppendedFile file, String lines) throws IOException {
    file.write(lines.getBytes(UTF_8));
  }
}
