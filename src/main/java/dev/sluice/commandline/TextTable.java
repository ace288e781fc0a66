package dev.sluice.commandline;

import dev.sluice.account.Names;
import java.util.ArrayList;
import java.util.List;

/** Rows of cells as lines of text, each column as wide as its widest line. */
final class TextTable {
  private static final int GAP = 2;
  private static final int NARROWEST = 16;

  private final List<List<List<String>>> rows = new ArrayList<>();

  TextTable(List<String> head) {
    row(head);
  }

  /** With the head as the first row. */
  static TextTable of(List<List<String>> rows) {
    TextTable table = new TextTable(rows.get(0));
    rows.subList(1, rows.size()).forEach(table::row);
    return table;
  }

  /** Adds a row; a cell may have several lines. */
  void row(List<String> cells) {
    rows.add(cells.stream().map(cell -> cell.lines().map(Names::line).toList()).toList());
  }

  /** As wide as the cells are. */
  List<String> lines() {
    return lines(Integer.MAX_VALUE);
  }

  /** As wide as may be, if the last column can be wrapped so far; names are never cut. */
  List<String> lines(int mostColumns) {
    int last = rows.get(0).size() - 1;
    int[] widths = new int[last + 1];
    rows.forEach(row -> widen(widths, row));
    int before = 0;
    for (int i = 0; i < last; i++) {
      before += widths[i] + GAP;
    }
    int room = Math.max(NARROWEST, mostColumns - before);
    List<String> lines = new ArrayList<>();
    for (List<List<String>> row : rows) {
      List<List<String>> cells = new ArrayList<>(row.subList(0, last));
      cells.add(row.get(last).stream().flatMap(line -> wrapped(line, room).stream()).toList());
      int height = cells.stream().mapToInt(List::size).max().orElse(0);
      for (int i = 0; i < height; i++) {
        lines.add(line(cells, i, widths));
      }
    }
    return lines;
  }

  private static void widen(int[] widths, List<List<String>> row) {
    for (int i = 0; i < widths.length; i++) {
      for (String line : row.get(i)) {
        widths[i] = Math.max(widths[i], TerminalText.width(line));
      }
    }
  }

  private static List<String> wrapped(String text, int room) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty()
          && TerminalText.width(line.toString()) + 1 + TerminalText.width(word) > room) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String line(List<List<String>> cells, int number, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String text = number < cells.get(i).size() ? cells.get(i).get(number) : "";
      line.append(TerminalText.pad(text, widths[i] + GAP));
    }
    return line.toString().stripTrailing();
  }
}
