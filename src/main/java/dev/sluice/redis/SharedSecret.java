package dev.sluice.redis;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A secret that all replicas share, because the first of them put it into Redis. */
public final class SharedSecret {
  /** In a slot of its own; redis/KEYS.md. */
  private static final String KEY = "sluice:proof-secret";

  private final RedisConnections redis;
  private final Script secret = Script.shipped("secret");

  public SharedSecret(RedisConnections redis) {
    this.redis = redis;
  }

  /**
   * The secret that holds: the offered one, if there was none.
   *
   * @param offered random bytes
   * @return fails with {@link RedisUnavailable}
   */
  public CompletionStage<byte[]> agree(byte[] offered) {
    return redis
        .run(secret, List.of(KEY), List.of(HexFormat.of().formatHex(offered)))
        .thenApply(
            reply -> {
              byte[] hex = (byte[]) reply.get(0);
              return HexFormat.of().parseHex(new String(hex, StandardCharsets.US_ASCII));
            });
  }
}
