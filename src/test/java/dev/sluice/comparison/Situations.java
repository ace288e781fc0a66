package dev.sluice.comparison;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Situations that hold for one start of both servers.
 *
 * @param environment beside what all have
 */
public record Situations(Map<String, String> environment, List<Situation> all) {
  public Situations {
    environment = Map.copyOf(environment);
    all = List.copyOf(all);
  }

  /** Reads a file with {@code environment} and {@code situations}. */
  public static Situations read(Path file) {
    try {
      Map<?, ?> read = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text(file)));
      Map<String, String> environment = new TreeMap<>();
      map(read.get("environment"))
          .forEach((name, value) -> environment.put(String.valueOf(name), String.valueOf(value)));
      List<Situation> all = new ArrayList<>();
      for (Object each : list(read.get("situations"))) {
        all.add(situation(map(each)));
      }
      return new Situations(environment, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file);
  }

  static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static Situation situation(Map<?, ?> read) {
    String name = String.valueOf(read.get("name"));
    String rules = read.containsKey("rules") ? String.valueOf(read.get("rules")) : "";
    String file = read.containsKey("file") ? String.valueOf(read.get("file")) : null;
    return new Situation(
        name,
        file == null ? Situation.file(name) : file,
        rules,
        ShortRequest.all(rules, list(read.get("requests"))),
        list(read.get("bodies")).stream().map(String::valueOf).toList());
  }

  /** As {@link #read} reads it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("environment:\n");
    new TreeMap<>(environment)
        .forEach(
            (name, value) ->
                text.append("  ").append(name).append(": '").append(value).append("'\n"));
    text.append("situations:\n");
    all.forEach(text::append);
    return text.toString();
  }
}
