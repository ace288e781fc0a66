package dev.sluice;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the packages go one way. */
class ArchitectureTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sluice");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([\\w.]+);", Pattern.MULTILINE);
  private static final Pattern OURS = Pattern.compile("dev\\.sluice\\.([a-z]+)\\..*");

  /** What each package may import of the others. Only the root package and the demo know all. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          entry("policy", Set.of()),
          entry("metrics", Set.of()),
          entry("tls", Set.of()),
          entry("account", Set.of("policy")),
          entry("usage", Set.of("policy")),
          entry("admission", Set.of("policy", "account", "usage")),
          entry("queue", Set.of("policy")),
          entry("backend", Set.of("policy")),
          entry("ratelimit", Set.of()),
          entry("xds", Set.of("ratelimit", "metrics")),
          entry(
              "config",
              Set.of("policy", "queue", "backend", "account", "ratelimit", "metrics", "tls")),
          entry(
              "commandline",
              Set.of(
                  "account",
                  "admission",
                  "config",
                  "policy",
                  "ratelimit",
                  "redis",
                  "metrics",
                  "edge")),
          entry(
              "redis",
              Set.of("admission", "account", "policy", "usage", "metrics", "ratelimit", "tls")),
          entry(
              "edge",
              Set.of(
                  "admission",
                  "account",
                  "policy",
                  "queue",
                  "backend",
                  "usage",
                  "metrics",
                  "ratelimit",
                  "tls")));

  /** Frameworks that must not reach the packages that decide. */
  private static final List<String> FRAMEWORKS =
      List.of("io.vertx", "io.netty", "io.lettuce", "io.grpc", "com.google.protobuf");

  private static final Set<String> PURE =
      Set.of("policy", "account", "admission", "usage", "queue", "ratelimit");

  @Test
  void everyArrowIsOnTheList() {
    assertThat(ARROWS.keySet())
        .as("packages with a list of arrows")
        .containsExactlyInAnyOrderElementsOf(packages("demo"));
    Set<String> wrong = new TreeSet<>();
    ARROWS.forEach(
        (from, allowed) ->
            imports(from)
                .forEach(
                    name -> {
                      Matcher ours = OURS.matcher(name);
                      boolean root = name.startsWith("dev.sluice.") && !ours.matches();
                      if (root || (ours.matches() && !reaches(from, ours.group(1), allowed))) {
                        wrong.add(from + " → " + name);
                      }
                    }));
    assertThat(wrong).as("arrows that are not on the list").isEmpty();
  }

  @Test
  void noFrameworkEntersThePackagesThatDecide() {
    Set<String> wrong = new TreeSet<>();
    for (String from : PURE) {
      imports(from)
          .filter(name -> FRAMEWORKS.stream().anyMatch(name::startsWith))
          .forEach(name -> wrong.add(from + " → " + name));
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void reactorStaysOutOfOurCode() {
    assertThat(packages().stream().flatMap(ArchitectureTest::imports))
        .noneMatch(name -> name.startsWith("reactor."));
  }

  @Test
  void everyPackageSaysWhatLivesThere() {
    assertThat(packages())
        .allSatisfy(
            name ->
                assertThat(read(SOURCES.resolve(name).resolve("package-info.java")))
                    .contains("May depend on"));
  }

  @Test
  void theWiringFitsOnAFewScreens() throws IOException {
    assertThat(Files.readAllLines(SOURCES.resolve("Server.java"))).hasSizeLessThanOrEqualTo(200);
  }

  private static boolean reaches(String from, String to, Set<String> allowed) {
    return from.equals(to) || allowed.contains(to);
  }

  private static Set<String> packages(String... except) {
    try (Stream<Path> entries = Files.list(SOURCES)) {
      Set<String> names =
          entries
              .filter(Files::isDirectory)
              .map(path -> path.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
      names.removeAll(Set.of(except));
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> imports(String packageName) {
    try (Stream<Path> files = Files.walk(SOURCES.resolve(packageName))) {
      return files
          .filter(path -> path.toString().endsWith(".java"))
          .flatMap(path -> IMPORT.matcher(read(path)).results().map(match -> match.group(1)))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(path.toString(), e);
    }
  }
}
