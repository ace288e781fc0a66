package dev.sluice;

import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyIssuer;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Issues and revokes API keys. */
@Command(
    name = "keys",
    description = "Issues and revokes API keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class KeysCommand implements Runnable {
  private static final String ACTOR = "command-line";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "create",
      description = {
        "Issues a key and prints it, once.",
        "Creates the organization, project and user where they are missing."
      },
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int create(
      @Option(names = "--config", defaultValue = "sluice.yaml", description = "sluice.yaml")
          Path config,
      @Option(names = "--organization", required = true) String organization,
      @Option(names = "--project", defaultValue = "default") String project,
      @Option(names = "--user", required = true) String user,
      @Option(names = "--name", defaultValue = "key", description = "Of the key, for people.")
          String name,
      @Option(names = "--tier", description = "Of the user, when the user is new.")
          @Nullable String tier,
      @Option(names = "--valid", description = "For so long, as PT12H or P90D; else for ever.")
          @Nullable Duration valid)
      throws InvalidConfiguration {
    Configuration configuration = Configuration.load(config, System.getenv());
    if (tier != null && !configuration.catalog().tiers().containsKey(tier)) {
      return fail(
          "no tier '%s' in %s: it has %s"
              .formatted(
                  tier,
                  configuration.settings().sambastack(),
                  configuration.catalog().tiers().keySet()));
    }
    InstantSource clock = InstantSource.system();
    KeyIssuer.Order order =
        new KeyIssuer.Order(
            organization,
            project,
            user,
            name,
            Optional.ofNullable(tier),
            Optional.ofNullable(valid).map(clock.instant()::plus));
    return onAccounts(
        configuration,
        accounts -> new KeyIssuer(accounts, new SecureRandom(), ACTOR).issue(order),
        issued -> {
          print(issued.text().reveal());
          return 0;
        });
  }

  @Command(
      name = "revoke",
      description = "Revokes a key: the next decision of every replica refuses it.",
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int revoke(
      @Option(names = "--config", defaultValue = "sluice.yaml", description = "sluice.yaml")
          Path config,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "KEY_ID", description = "As key-0123456789abcdef.") String id)
      throws InvalidConfiguration {
    Configuration configuration = Configuration.load(config, System.getenv());
    return onAccounts(
        configuration,
        accounts ->
            accounts
                .key(organization, id)
                .thenCompose(
                    key ->
                        accounts.replace(
                            ACTOR,
                            key.map(ApiKey::revoke)
                                .orElseThrow(
                                    () ->
                                        new Accounts.RecordConflict(
                                            "no key " + id + " in " + organization)))),
        version -> {
          print("revoked " + id);
          return 0;
        });
  }

  private <T> int onAccounts(
      Configuration configuration,
      Function<Accounts, CompletionStage<T>> call,
      Function<T, Integer> then) {
    if (configuration.settings().redis().embedded()) {
      Path data = configuration.settings().dataDirectory().resolve("redis");
      Optional<String> running = EmbeddedRedis.running(data);
      if (running.isPresent()) {
        return onRedis(running.get(), call, then);
      }
      try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.durable(data))) {
        return onRedis(redis.url(), call, then);
      }
    }
    return onRedis(configuration.settings().redis().reveal(), call, then);
  }

  private <T> int onRedis(
      String url, Function<Accounts, CompletionStage<T>> call, Function<T, Integer> then) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (RedisConnections redis =
        RedisConnections.open(RedisOptions.of(url), loops, new Metrics())) {
      if (!redis.awaitAnswer(Duration.ofSeconds(5))) {
        return fail("Redis does not answer; the file's field redis says where it is looked for");
      }
      Accounts accounts = new RedisAccounts(redis);
      return then.apply(call.apply(accounts).toCompletableFuture().join());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return fail(String.valueOf(cause.getMessage()));
    } finally {
      var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private int fail(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("sluice: " + why);
    err.flush();
    return 1;
  }
}
