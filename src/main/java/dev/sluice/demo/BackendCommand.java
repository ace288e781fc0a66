package dev.sluice.demo;

import dev.sluice.Termination;
import io.vertx.core.Vertx;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one simulated backend until it is told to end. */
@Command(
    name = "backend",
    description = "Runs a simulated inference backend.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class BackendCommand implements Callable<Integer> {
  @Option(names = "--host", description = "The address to listen on.")
  private String host = "127.0.0.1";

  @Option(names = "--port", description = "The port; 0 for any that is free.")
  private int port = 8100;

  @Option(names = "--name", description = "Shown by /health and in each completion.")
  private String name = "simulated";

  @Option(names = "--models", split = ",", description = "The models it serves.")
  private List<String> models = List.of("Meta-Llama-3.3-70B-Instruct", "gpt-oss-120b");

  @Option(names = "--slots", description = "How many requests it runs at a time.")
  private int slots = 4;

  @Option(
      names = "--ttft",
      converter = DurationText.class,
      defaultValue = "50ms",
      description = "The time to the first token, such as 50ms.")
  private Duration timeToFirstToken = Duration.ZERO;

  @Option(names = "--tokens-per-second", description = "Of each request; 0 is as fast as possible.")
  private double tokensPerSecond = 200;

  @Option(names = "--completion-tokens", description = "The length of each choice.")
  private int completionTokens = 16;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Blocks until SIGTERM, Ctrl-C or an interrupt of the thread; 1 when the port is in use. */
  @Override
  public Integer call() {
    SimulatedBackendOptions options = options();
    Vertx vertx = Vertx.vertx();
    try {
      int bound =
          new SimulatedBackend(vertx, options).start(host, port).toCompletableFuture().join();
      spec.commandLine().getOut().println("listening on http://" + host + ":" + bound);
      spec.commandLine().getOut().flush();
    } catch (CompletionException failed) {
      spec.commandLine().getErr().println(complaint(failed));
      spec.commandLine().getErr().flush();
      close(vertx);
      return 1;
    }
    Termination.await(() -> close(vertx));
    return 0;
  }

  private static void close(Vertx vertx) {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private SimulatedBackendOptions options() {
    try {
      return SimulatedBackendOptions.of(name, models)
          .withSlots(slots)
          .withPace(timeToFirstToken, tokensPerSecond)
          .withCompletionTokens(completionTokens);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
  }

  private String complaint(CompletionException failed) {
    String address = host + ":" + port;
    return failed.getCause() instanceof BindException
        ? "cannot listen on " + address + ": the port is in use, or the address is not this host's"
        : "cannot listen on " + address + ": " + failed.getMessage();
  }
}
