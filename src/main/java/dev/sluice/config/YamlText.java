package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/** Turns text into node trees, which know their lines; no object is ever built from a tag. */
final class YamlText {
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_NESTING = 50;
  private static final int MAX_ALIASES = 200;

  private YamlText() {}

  /** The text of a file; empty, with a problem, when it cannot be read. */
  static Optional<String> read(Path file, Problems problems) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        return unreadable(file, "it is larger than " + MAX_BYTES + " bytes", problems);
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (NoSuchFileException e) {
      boolean link = Files.isSymbolicLink(file);
      String why = link ? "the link points to nothing" : "there is no such file";
      return unreadable(file, why, problems);
    } catch (AccessDeniedException e) {
      return unreadable(file, "permission denied", problems);
    } catch (CharacterCodingException e) {
      return unreadable(file, "it is not UTF-8", problems);
    } catch (IOException e) {
      String why = Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage());
      return unreadable(file, why, problems);
    }
  }

  private static Optional<String> unreadable(Path file, String why, Problems problems) {
    String message = "cannot be read: " + why;
    problems.add(Severity.ERROR, file.toString(), OptionalInt.empty(), "", message);
    return Optional.empty();
  }

  /** The documents of a text; empty, with a problem, when it is not YAML. */
  static Optional<List<Node>> documents(String text, Source source, Problems problems) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setNestingDepthLimit(MAX_NESTING);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    try {
      List<Node> documents = new ArrayList<>();
      new Yaml(options).composeAll(new StringReader(text)).forEach(documents::add);
      return Optional.of(documents);
    } catch (YAMLException e) {
      OptionalInt line = line(e, text, source);
      problems.add(Severity.ERROR, source.file(), line, "", "is not valid YAML: " + reason(e));
      return Optional.empty();
    }
  }

  private static OptionalInt line(YAMLException e, String text, Source source) {
    if (e instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return OptionalInt.of(source.line(marked.getProblemMark()));
    }
    if (e instanceof ReaderException unreadable) {
      String before = text.substring(0, Math.min(unreadable.getPosition(), text.length()));
      return OptionalInt.of(source.line((int) before.chars().filter(c -> c == '\n').count()));
    }
    return OptionalInt.empty();
  }

  /** The parser's words without its excerpt of the file, which could show a secret. */
  private static String reason(YAMLException e) {
    if (e instanceof ReaderException) {
      return "a control character stands here";
    }
    if (!(e instanceof MarkedYAMLException marked)) {
      return String.valueOf(e.getMessage());
    }
    String problem = String.valueOf(marked.getProblem());
    if (problem.startsWith("found undefined alias")) {
      return "an alias without its anchor; a text that begins with * needs quotes";
    }
    if (problem.startsWith("found undefined tag handle")) {
      return "an unknown tag; a text that begins with ! needs quotes";
    }
    return marked.getContext() == null ? problem : marked.getContext() + ", " + problem;
  }
}
