package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the scripts run, and what the shipped user may run and is tried for, is the same. */
final class PermissionsTest {
  private static final Path SCRIPTS = Path.of("redis");
  private static final Pattern CALL = Pattern.compile("redis\\.p?call\\('([A-Z]+)'");
  private static final Pattern ATTEMPT = Pattern.compile("\\{'([A-Z]+)'");

  private static Set<String> found(Pattern pattern, Path file) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(file));
      Set<String> found = new TreeSet<>();
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
      return found;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> run() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files
          .filter(file -> file.toString().endsWith(".lua"))
          .flatMap(file -> found(CALL, file).stream())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void eachCommandOfAScript_isTriedWhenAConnectionIsMade() throws IOException {
    assertThat(found(ATTEMPT, SCRIPTS.resolve("permissions.lua"))).containsAll(run());
  }

  @Test
  void eachCommandThatIsTried_isAllowedToTheShippedUser() throws IOException {
    String user = Files.readString(SCRIPTS.resolve("users.acl"));
    assertThat(found(ATTEMPT, SCRIPTS.resolve("permissions.lua")))
        .allSatisfy(command -> assertThat(user).contains("+" + command.toLowerCase(Locale.ROOT)));
  }
}
