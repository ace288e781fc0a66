package dev.sluice;

import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import java.nio.file.Path;
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
  @Option(names = "--config", description = "The configuration file; docs/configuration.md.")
  private Path config = Path.of("sluice.yaml");

  @Override
  public Integer call() throws InvalidConfiguration, CannotStart {
    Configuration configuration = Configuration.load(config, System.getenv());
    Logging.configure(configuration.settings().log());
    Server server = Server.start(configuration).server();
    Termination.await(server::close);
    return 0;
  }
}
