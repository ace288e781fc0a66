package dev.sluice.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /bin/ratelimit} of the image, which is written in the Dockerfile. */
final class RateLimitCommandTest {
  private static final Pattern SCRIPT =
      Pattern.compile("COPY --chmod=755 <<'EOF' /bin/ratelimit\\n(.*?)EOF\\n", Pattern.DOTALL);
  private static final Pattern ENTRYPOINT = Pattern.compile("\\nENTRYPOINT (\\[.*])");

  @TempDir private Path folder;

  @Test
  void it_isTheEntrypointWithServe_andPassesOnWhatItIsGiven() throws Exception {
    String dockerfile = Files.readString(Path.of("Dockerfile"));
    List<String> entrypoint =
        List.of(new ObjectMapper().readValue(found(ENTRYPOINT, dockerfile), String[].class));
    executable("java", "#!/bin/sh\necho java \"$@\"\n");
    Path script = executable("ratelimit", found(SCRIPT, dockerfile));

    ProcessBuilder builder = new ProcessBuilder(script.toString(), "--help");
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    Process process = builder.start();

    assertThat(process.inputReader().readLine())
        .isEqualTo(String.join(" ", entrypoint) + " serve --help");
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }

  private Path executable(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(pattern.pattern()).isTrue();
    return matcher.group(1);
  }
}
