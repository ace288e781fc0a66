package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationWatchTest {
  private static final String TIER = "serviceTiers:\n  %s:\n  - models: [small]\n";

  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();
  private final ConfigurationWatch.Follower<Configuration> follower =
      new ConfigurationWatch.Follower<>() {
        @Override
        public void changed(Configuration configuration) {
          told.add("changed: " + configuration.catalog().tiers().containsKey("gold"));
        }

        @Override
        public void refused(InvalidConfiguration why) {
          told.add("refused: " + why.problems().get(0).message());
        }
      };

  @BeforeEach
  void files() throws IOException {
    write("sluice.yaml", "sambastack: sambastack.yaml\nrateLimit: {directory: rules}\n");
    write("sambastack.yaml", TIER.formatted("free"));
    Files.createDirectory(folder.resolve("rules"));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private ConfigurationWatch<Configuration> loaded() throws InvalidConfiguration {
    ConfigurationWatch<Configuration> watch =
        ConfigurationWatch.of(folder.resolve("sluice.yaml"), Map.of());
    watch.load();
    look(watch, 2);
    return watch;
  }

  private void look(ConfigurationWatch<Configuration> watch, int times) {
    for (int i = 0; i < times; i++) {
      watch.look(follower);
    }
  }

  @Test
  void nothingChanged_tellsNothing() throws Exception {
    look(loaded(), 3);

    assertThat(told).isEmpty();
  }

  @Test
  void aFileChanged_isReadOnceItStandsStill() throws Exception {
    ConfigurationWatch<Configuration> watch = loaded();
    write("sambastack.yaml", "serviceTiers:\n  go");
    look(watch, 1);
    write("sambastack.yaml", TIER.formatted("gold"));
    look(watch, 1);
    assertThat(told).isEmpty();

    look(watch, 3);

    assertThat(told).containsExactly("changed: true");
  }

  @Test
  void badChange_isToldOnceAndTheRepairIsSeen() throws Exception {
    ConfigurationWatch<Configuration> watch = loaded();
    write("sambastack.yaml", TIER.formatted("gold") + "    queueDepth: -1\n");
    look(watch, 4);
    write("sambastack.yaml", TIER.formatted("gold"));
    look(watch, 2);

    assertThat(told).hasSize(2).last().isEqualTo("changed: true");
    assertThat(told.get(0)).startsWith("refused: ");
  }

  @Test
  void aFileThatIsNamedNow_isFollowedEvenWhileItIsBad() throws Exception {
    ConfigurationWatch<Configuration> watch = loaded();
    write("sluice.yaml", "sambastack: other.yaml\n");
    look(watch, 2);
    write("other.yaml", TIER.formatted("gold"));
    look(watch, 2);

    assertThat(told)
        .containsExactly("refused: cannot be read: there is no such file", "changed: true");
  }

  @Test
  void aLinkThatIsSwapped_isSeen() throws Exception {
    // As Kubernetes mounts a ConfigMap: file → ..data/file, ..data → a folder by time.
    Files.delete(folder.resolve("sambastack.yaml"));
    Files.createDirectories(folder.resolve("..1"));
    Files.createDirectories(folder.resolve("..2"));
    write("..1/sambastack.yaml", TIER.formatted("free"));
    write("..2/sambastack.yaml", TIER.formatted("gold"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("sambastack.yaml"), Path.of("..data/sambastack.yaml"));
    ConfigurationWatch<Configuration> watch = loaded();

    Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
    Files.move(
        folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    look(watch, 2);

    assertThat(told).containsExactly("changed: true");
  }

  @Test
  void aRuleFileThatIsAdded_isSeen() throws Exception {
    ConfigurationWatch<Configuration> watch = loaded();
    write("rules/a.yaml", "domain: a\ndescriptors:\n- key: k\n");
    look(watch, 2);

    assertThat(told).containsExactly("changed: false");
  }
}
