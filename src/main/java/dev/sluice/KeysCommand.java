package dev.sluice;

import dev.sluice.account.Accounts;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Changes;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyText;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
        "Issues a key and prints it on standard output, once; its id goes to standard error.",
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
      @Option(names = "--tier", description = "Of the user, when the user is new; else free.")
          @Nullable String tier,
      @Option(
              names = "--valid",
              converter = Validity.class,
              description = "For so long, as 12h or 90d; else for ever.")
          @Nullable Duration valid)
      throws InvalidConfiguration {
    Configuration configuration = Configuration.load(config, System.getenv());
    Set<String> tiers = new TreeSet<>(configuration.catalog().tiers().keySet());
    tiers.removeAll(Catalog.MODEL_STATES);
    if (tier != null && !tiers.contains(tier)) {
      return fail(
          "no tier '%s' for users in %s: it has %s"
              .formatted(tier, configuration.settings().sambastack(), tiers));
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
        accounts ->
            new KeyIssuer(accounts, new SecureRandom(), ACTOR)
                .issue(order)
                .thenCompose(
                    issued ->
                        accounts
                            .caller(issued.text())
                            .thenApply(caller -> new Created(issued, caller.orElseThrow()))),
        created -> {
          print(created.issued().text().reveal());
          say(
              "%s of %s, user %s, tier %s"
                  .formatted(
                      created.issued().record().id(), organization, user, created.caller().tier()));
          if (tier != null && !created.caller().tier().equals(tier)) {
            say(
                "the user is not new and keeps its tier: --tier %s was not applied"
                    .formatted(tier));
          }
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
      @Option(names = "--organization", description = "Of a key that is named by its id.")
          @Nullable String organization,
      @Parameters(
              paramLabel = "KEY",
              description = "Its id, as key-0123456789abcdef, or the key itself.")
          String named)
      throws InvalidConfiguration {
    Optional<KeyText> text = KeyText.parse(named);
    if (text.isEmpty() && (organization == null || !named.startsWith("key-"))) {
      // What was typed may be a key: it is not repeated.
      return fail("expected a whole key, or --organization and an id as key-0123456789abcdef");
    }
    return onAccounts(
        Configuration.load(config, System.getenv()),
        accounts ->
            (text.isPresent()
                    ? accounts.caller(text.get()).thenApply(found -> found.map(Caller::key))
                    : accounts
                        .read(RecordKind.KEY, Objects.requireNonNull(organization), named)
                        .thenApply(found -> found.map(Stored::record)))
                .thenApply(
                    found ->
                        found.orElseThrow(
                            () -> new Accounts.RecordConflict("there is no such key")))
                .thenCompose(
                    key ->
                        new Changes(accounts, ACTOR)
                            .change(RecordKind.KEY, key.organization(), key.id(), ApiKey::revoke))
                .thenApply(ApiKey::id),
        id -> {
          print("revoked " + id);
          return 0;
        });
  }

  /** A key that was made, and who it is for as the store says. */
  private record Created(KeyIssuer.Issued issued, Caller caller) {}

  /** A time like {@code 12h} or {@code 90d}. */
  static final class Validity implements CommandLine.ITypeConverter<Duration> {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,4})([mhd])");

    @Override
    public Duration convert(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches()) {
        throw new CommandLine.TypeConversionException(
            "expected 1 to 99999 minutes, hours or days, as 30m, 12h or 90d; found '" + text + "'");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
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
    say("sluice: " + why);
    return 1;
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
