package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code check-config} of descriptor rules. */
class CheckRulesTest {
  private static final String GOOD =
      """
      domain: edge
      descriptors:
      - key: user
        shadow_mode: true
        rate_limit: {unit: minute, requests_per_unit: 20, name: each}
        descriptors:
        - {key: path, value: /a, rate_limit: {period: 90s, requests_per_unit: 5, algorithm: rolling}}
      - {key: free, rate_limit: {unlimited: true}}
      """;

  @TempDir private Path folder;
  private int code;

  private Path write(String file, String text) throws IOException {
    return Files.writeString(folder.resolve(file), text);
  }

  private List<String> check(Object... words) {
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    List<String> all = new ArrayList<>(List.of("check-config"));
    for (Object word : words) {
      all.add(word.toString());
    }
    code = line.execute(all.toArray(String[]::new));
    return out.toString().lines().toList();
  }

  @Test
  void directory_isShownAsATable() throws Exception {
    write("edge.yaml", GOOD);

    assertThat(check(folder))
        .containsExactly(
            "DOMAIN  DESCRIPTOR      LIMIT          MORE",
            "edge    free            unlimited",
            "        user            20 per minute  in shadow, named each",
            "        user > path_/a  5 per 90 s     rolling",
            "",
            "ok: 3 descriptor rules");
    assertThat(code).isZero();
  }

  @Test
  void badFiles_showEveryProblem_withFileAndLine_andExitWithOne() throws Exception {
    Path one = write("one.yaml", "domain: edge\ndescriptors:\n- key: ''\n");
    Path two = write("two.yaml", "domain: edge\nratelimit: 5\n");

    assertThat(check(folder))
        .containsExactly(
            "error: %s:3: descriptor has empty key".formatted(one),
            "error: %s:1: duplicate domain 'edge' in config file".formatted(two),
            "error: %s:2: config error, unknown key 'ratelimit'".formatted(two));
    assertThat(code).isEqualTo(1);
  }

  @Test
  void oneFileOfRules_isKnownByItsDomain() throws Exception {
    assertThat(check(write("edge.yaml", GOOD))).endsWith("ok: 3 descriptor rules");
  }

  @Test
  void severalFiles_areCheckedTogether_andMayBeOfOneDomainWhenToldSo() throws Exception {
    Path one = write("one.yaml", "domain: edge\n");
    Path two = write("two.yaml", GOOD);

    assertThat(check(one, two))
        .containsExactly("error: %s:1: duplicate domain 'edge' in config file".formatted(two));
    assertThat(check("--merge-domains", "--", one, two)).endsWith("ok: 3 descriptor rules");
  }

  @Test
  void json_hasTheRules() throws Exception {
    write("edge.yaml", GOOD);

    assertThat(String.join("\n", check("--format", "json", folder)))
        .contains(
            "\"valid\" : true",
            "\"descriptor\" : [ \"user\", \"path_/a\" ]",
            "\"periodSeconds\" : 90",
            "\"algorithm\" : \"rolling\"");
  }
}
