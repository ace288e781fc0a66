package dev.sluice.commandline;

import dev.sluice.account.Accounts;
import dev.sluice.account.AuditTrail;
import dev.sluice.account.Caller;
import dev.sluice.account.CallersById;
import dev.sluice.account.LastUseStore;
import dev.sluice.admission.Counters;
import dev.sluice.admission.RefusalStore;
import dev.sluice.config.Configuration;
import dev.sluice.config.SluiceConfig;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.AccountIndexes;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisAuditTrail;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisCounters;
import dev.sluice.redis.RedisLastUses;
import dev.sluice.redis.RedisOptions;
import dev.sluice.redis.RedisRefusals;
import dev.sluice.redis.RedisTls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The accounts in the Redis that the configuration names, for as long as a command takes.
 *
 * <p>An embedded Redis whose server does not run is started for that time. Of one thread, which
 * blocks.
 */
final class Session implements AutoCloseable {
  /** Whoever still does not know why there is no answer then, may get one later. */
  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** A JVM that has just begun, on a machine that is busy, needs seconds for its first call. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final Configuration configuration;
  private final Optional<EmbeddedRedis> own;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final RedisConnections redis;
  private final Accounts accounts;

  private Session(Configuration configuration, Optional<EmbeddedRedis> own, RedisOptions options) {
    this.configuration = configuration;
    this.own = own;
    this.redis = RedisConnections.open(options, loops, new Metrics());
    this.accounts = new RedisAccounts(redis);
  }

  static Session open(Configuration configuration) {
    Session session = connect(configuration);
    if (!session.answered()) {
      String why = session.redis.trouble().map(trouble -> ": " + trouble).orElse("");
      session.close();
      throw new CommandFailed(
          "Redis does not answer%s; the file's field redis says where it is looked for"
              .formatted(why));
    }
    return session;
  }

  private boolean answered() {
    return redis.awaitAnswer(CONNECT) || (redis.trouble().isEmpty() && redis.awaitAnswer(PATIENCE));
  }

  private static Session connect(Configuration configuration) {
    if (!configuration.settings().redis().embedded()) {
      String url = configuration.settings().redis().reveal();
      Optional<RedisTls> tls = configuration.settings().redisTls().map(RedisTls::new);
      return new Session(configuration, Optional.empty(), RedisOptions.of(url).withTls(tls));
    }
    Path data = configuration.settings().dataDirectory().resolve("redis");
    Optional<String> running = EmbeddedRedis.running(data);
    if (running.isPresent()) {
      return new Session(configuration, Optional.empty(), RedisOptions.of(running.get()));
    }
    try {
      EmbeddedRedis started = EmbeddedRedis.start(EmbeddedRedis.Options.durable(data));
      return new Session(configuration, Optional.of(started), RedisOptions.of(started.url()));
    } catch (IllegalStateException e) {
      // A server may have started its own just now, for the first time or again.
      return EmbeddedRedis.running(data)
          .map(url -> new Session(configuration, Optional.empty(), RedisOptions.of(url)))
          .orElseThrow(() -> new CommandFailed(String.valueOf(e.getMessage())));
    }
  }

  Accounts accounts() {
    return accounts;
  }

  /** Waits for the caller that a key stands for, by the key's id. */
  Caller caller(String organization, String key) {
    return await(Records.valid(() -> new CallersById(accounts).find(organization, key)))
        .orElseThrow(() -> new CommandFailed("there is no such key"));
  }

  LastUseStore lastUses() {
    return new RedisLastUses(redis);
  }

  AuditTrail audit() {
    return new RedisAuditTrail(redis);
  }

  /** To look at limits. */
  Counters counters() {
    return new RedisCounters(redis);
  }

  /** To look refusals up. */
  RefusalStore refusals() {
    SluiceConfig.Refusals settings = configuration.settings().refusals();
    return new RedisRefusals(redis, settings.keepFor(), settings.most());
  }

  AccountIndexes indexes() {
    return new AccountIndexes(redis);
  }

  /** Waits for what was asked of the accounts. */
  <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CommandFailed(String.valueOf(cause.getMessage()));
    }
  }

  @Override
  public void close() {
    redis.close();
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    own.ifPresent(EmbeddedRedis::close);
  }
}
