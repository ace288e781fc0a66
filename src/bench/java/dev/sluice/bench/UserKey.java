package dev.sluice.bench;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Changes;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.User;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A key, and the user whose it is.
 *
 * @param text the key itself
 */
record UserKey(String user, String text) {
  private static final String ORGANIZATION = "bench";
  private static final String PROJECT = "default";

  /**
   * Issues keys, each to a user of its own, all of one organization.
   *
   * @param redis its URL
   */
  static List<UserKey> issue(String redis, String tier, int count) {
    return issue(redis, ORGANIZATION, tier, count, List.of());
  }

  /**
   * Issues keys under limits.
   *
   * @param limits each is given to the key, then to the user, the project, the organization, then
   *     to the key again, and so on
   */
  static List<UserKey> issue(
      String redis, String organization, String tier, int count, List<OwnLimit> limits) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (RedisConnections connections =
        RedisConnections.open(RedisOptions.of(redis), loops, new Metrics())) {
      if (!connections.awaitAnswer(Duration.ofSeconds(5))) {
        throw new BenchFailed("Redis does not answer at " + redis);
      }
      RedisAccounts accounts = new RedisAccounts(connections);
      KeyIssuer issuer = new KeyIssuer(accounts, new SecureRandom(), "bench");
      Limiting limiting = new Limiting(new Changes(accounts, "bench"), organization, limits);
      List<UserKey> keys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        String user = "user-" + i;
        KeyIssuer.Order order =
            new KeyIssuer.Order(
                organization, PROJECT, user, "key", Optional.of(tier), Optional.empty());
        KeyIssuer.Issued issued = issuer.issue(order).toCompletableFuture().join();
        limiting.keyAndUser(issued.record().id(), user);
        keys.add(new UserKey(user, issued.text().reveal()));
      }
      limiting.projectAndOrganization();
      return List.copyOf(keys);
    } finally {
      var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Gives limits of their own to the records of an organization. */
  private record Limiting(Changes changes, String organization, List<OwnLimit> limits) {
    private static final int LEVELS = 4;

    void keyAndUser(String key, String user) {
      change(RecordKind.KEY, key, 0, (one, own) -> one.under(one.terms().withLimits(own)));
      change(RecordKind.USER, user, 1, User::withLimits);
    }

    void projectAndOrganization() {
      change(RecordKind.PROJECT, PROJECT, 2, Project::withLimits);
      change(RecordKind.ORGANIZATION, organization, 3, Organization::withLimits);
    }

    private <R extends AccountRecord> void change(
        RecordKind<R> kind, String id, int level, BiFunction<R, OwnLimits, R> change) {
      List<OwnLimit> own =
          IntStream.range(0, limits.size())
              .filter(i -> i % LEVELS == level)
              .mapToObj(limits::get)
              .toList();
      if (!own.isEmpty()) {
        changes
            .change(kind, organization, id, one -> change.apply(one, new OwnLimits(own)))
            .toCompletableFuture()
            .join();
      }
    }
  }
}
