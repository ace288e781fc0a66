package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckConfigCommandTest {
  @TempDir private Path folder;

  private int code;

  private List<String> check(String admins) throws IOException {
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        "serviceTiers: {web: [{models: [m]}]}\ndb-admin: {admins: " + admins + "}\n");
    Path file =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            """
            sambastack: sambastack.yaml
            deployments:
            - {name: d, url: 'http://h', slots: 1, models: [m], qosList: [web]}
            """);
    StringWriter out = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    code = line.execute("check-config", file.toString());
    return out.toString().lines().toList();
  }

  @Test
  void goodFiles_showWhatIsInForceAndWhoAdministersThePlatform() throws Exception {
    assertThat(check("[b@example.org, Ada@example.org]"))
        .endsWith(
            "ok: 2 tiers, 1 deployment, 0 descriptor rules",
            "platform administrators: ada@example.org, b@example.org");
    assertThat(code).isZero();
  }

  @Test
  void badFiles_showWhatIsWrongAndExitWithOne() throws Exception {
    assertThat(check("[ada]"))
        .singleElement()
        .asString()
        .startsWith("error: ")
        .endsWith(
            "sambastack.yaml:2: db-admin.admins[0]: expected a name like ada@example.org, found"
                + " \"ada\"");
    assertThat(code).isEqualTo(1);
  }
}
