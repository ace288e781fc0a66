package dev.sluice.redis;

import dev.sluice.account.LastUseStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The times of last use in Redis, by the scripts begin, used and uses.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}.
 */
public final class RedisLastUses implements LastUseStore {
  private final RedisConnections redis;
  private final Script begin = Script.shipped("begin");
  private final Script used = Script.shipped("used");
  private final Script uses = Script.shipped("uses");
  private final Script read = Script.shipped("read");

  public RedisLastUses(RedisConnections redis) {
    this.redis = redis;
  }

  @Override
  public CompletionStage<Void> begin() {
    return redis.run(begin, List.of(Keys.KEY_USES_SINCE), List.of()).thenAccept(reply -> {});
  }

  @Override
  public CompletionStage<Optional<Instant>> begun() {
    return redis
        .run(read, List.of(Keys.KEY_USES_SINCE), List.of())
        .thenApply(reply -> Optional.ofNullable((byte[]) reply.get(0)).map(RedisLastUses::time));
  }

  @Override
  public CompletionStage<Void> write(String organization, Map<String, Duration> ago) {
    Keys names = new Keys(organization);
    List<String> arguments = new ArrayList<>(List.of(names.prefix()));
    ago.forEach(
        (key, time) -> {
          arguments.add(key);
          arguments.add(Long.toString(time.toMillis()));
        });
    return redis.run(used, List.of(names.lastUsed()), arguments).thenAccept(reply -> {});
  }

  @Override
  public CompletionStage<Map<String, Instant>> of(String organization, List<String> keys) {
    return redis
        .run(uses, List.of(new Keys(organization).lastUsed()), keys)
        .thenApply(
            reply -> {
              Map<String, Instant> times = new HashMap<>();
              for (int i = 0; i < keys.size(); i++) {
                if (reply.get(i) instanceof byte[] time) {
                  times.put(keys.get(i), time(time));
                }
              }
              return times;
            });
  }

  private static Instant time(byte[] millis) {
    return Instant.ofEpochMilli(Long.parseLong(new String(millis, StandardCharsets.US_ASCII)));
  }
}
