package dev.sluice.redisdeployments;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Stack;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A server as a process of its own, on a Redis that something happens to. */
record Running(Stack stack, SluiceProcess process, CommandLines commands) implements AutoCloseable {
  static Running on(String redisUrl, Path folder, String more) {
    Stack stack =
        Stack.on(
            redisUrl,
            folder,
            RedisContract.SAMBASTACK,
            more,
            List.of(
                SimulatedBackendOptions.of("one", List.of("small"))
                    .withSlots(64)
                    .withCompletionTokens(1)));
    SluiceProcess process =
        new SluiceProcess(
            folder, Map.of(), "serve", "--config", stack.configurationFile().toString());
    process.door("gateway");
    return new Running(stack, process, new CommandLines(stack.configurationFile()));
  }

  /** The key of a user, without limits, in an organization of its own. */
  String key(String organization) {
    commands.ok("orgs", "create", organization);
    return commands
        .ok(
            "keys",
            "create",
            "--organization",
            organization,
            "--user",
            "ada",
            "--tier",
            "unlimited")
        .lines()
        .get(0);
  }

  Load load(String key) {
    return new Load(process.door("gateway"), key);
  }

  /** How many lines of the log have a text. */
  long logged(String text) {
    return Pattern.compile(Pattern.quote(text)).matcher(process.log()).results().count();
  }

  @Override
  public void close() {
    process.close();
    stack.close();
  }
}
