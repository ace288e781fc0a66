package dev.sluice.ratelimit;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Turns a file into a node tree, which knows its lines; no object is ever built from a tag. */
final class RuleYaml {
  /** Room for some 500,000 rules in one file. */
  private static final int MAX_BYTES = 64 << 20;

  private static final int MAX_NESTING = 100;
  private static final int MAX_ALIASES = 1_000;
  private static final String ERROR = "error loading config file: ";

  private RuleYaml() {}

  /** The first document of a file; empty when there is none, or, with a problem, no YAML. */
  static Optional<Node> read(Path file, RuleReading reading) {
    return text(file, reading).flatMap(text -> document(text, reading));
  }

  private static Optional<String> text(Path file, RuleReading reading) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        reading.error(ERROR + "it is larger than " + MAX_BYTES + " bytes");
        return Optional.empty();
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      reading.error(ERROR + "it is not UTF-8");
    } catch (NoSuchFileException e) {
      reading.error(ERROR + "there is no such file");
    } catch (IOException e) {
      reading.error(ERROR + DirectoryFiles.why(e));
    }
    return Optional.empty();
  }

  /** The first document of a text, as {@link #read} of a file. */
  static Optional<Node> document(String text, RuleReading reading) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setNestingDepthLimit(MAX_NESTING);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    try {
      Iterator<Node> documents = new Yaml(options).composeAll(new StringReader(text)).iterator();
      Optional<Node> first = documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
      if (documents.hasNext()) {
        reading.warning(documents.next(), "only the first document of a file is read");
      }
      return first;
    } catch (MarkedYAMLException e) {
      OptionalInt line =
          e.getProblemMark() == null
              ? OptionalInt.empty()
              : OptionalInt.of(e.getProblemMark().getLine() + 1);
      String context = e.getContext() == null ? "" : e.getContext() + ", ";
      reading.error(line, ERROR + context + e.getProblem());
    } catch (YAMLException e) {
      reading.error(ERROR + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    return Optional.empty();
  }
}
