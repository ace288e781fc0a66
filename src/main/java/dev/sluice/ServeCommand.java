package dev.sluice;

import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.InvalidConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until it is told to end. */
@Command(
    name = "serve",
    description = "Runs the server.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ServeCommand implements Callable<Integer> {
  /** A change is in force after two looks at most, and what reading takes. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Option(names = "--config", description = "The configuration file; docs/configuration.md.")
  private Path config = Path.of("sluice.yaml");

  @Override
  public Integer call() throws InvalidConfiguration, CannotStart {
    try (ConfigurationWatch watch = new ConfigurationWatch(config, System.getenv())) {
      Configuration configuration = watch.load();
      Logging.configure(configuration.settings().log());
      Server server = Server.start(configuration).server();
      watch.follow(server.follower(), LOOK);
      Termination.await(server::close);
      return 0;
    }
  }
}
