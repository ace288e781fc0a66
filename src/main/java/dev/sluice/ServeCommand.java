package dev.sluice;

import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.RateLimitEnvironment;
import dev.sluice.config.RateLimitServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until it is told to end. */
@Command(
    name = "serve",
    // What containers of envoyproxy/ratelimit are told to run, behind our entry point.
    aliases = "/bin/ratelimit",
    description = {
      "Runs the server.",
      "Without --config, without a sluice.yaml here, and with the environment of"
          + " envoyproxy/ratelimit, it is a server of descriptor limits in the place of that one;"
          + " docs/moving-from-envoyproxy-ratelimit.md."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  /** A change is in force after two looks at most, and what reading takes. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Path HERE = Path.of("sluice.yaml");
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Option(
      names = "--config",
      description = "The configuration file (default: sluice.yaml); docs/configuration.md.")
  private Optional<Path> config = Optional.empty();

  @Override
  public Integer call() throws InvalidConfiguration, CannotStart {
    RateLimitEnvironment environment = new RateLimitEnvironment(System.getenv());
    Optional<String> variable = environment.identifiedBy();
    if (config.isEmpty() && !Files.exists(HERE) && variable.isPresent()) {
      return serveDescriptorLimits(environment.read(), variable.get());
    }
    try (ConfigurationWatch<Configuration> watch =
        ConfigurationWatch.of(config.orElse(HERE), System.getenv())) {
      Configuration configuration = watch.load();
      Logging.configure(configuration.settings().log());
      Server server = Server.start(configuration).server();
      watch.follow(server.follower(), LOOK);
      Termination.await(server::close);
      return 0;
    }
  }

  private static int serveDescriptorLimits(RateLimitServerConfig settings, String variable)
      throws CannotStart {
    Logging.configure(settings.log());
    log.info(
        "in the place of envoyproxy/ratelimit, with descriptor limits only:"
            + " there is no --config and no {}, but {}",
        HERE,
        variable);
    RateLimitServer server = RateLimitServer.start(settings).server();
    Termination.await(server::close);
    return 0;
  }
}
