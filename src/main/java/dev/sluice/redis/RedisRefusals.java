package dev.sluice.redis;

import dev.sluice.admission.RefusalStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The refusals in Redis, by the scripts keep and kept.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}.
 */
public final class RedisRefusals implements RefusalStore {
  private final RedisConnections redis;
  private final Duration keepFor;
  private final int most;
  private final Script keep = Script.shipped("keep");
  private final Script kept = Script.shipped("kept");

  /**
   * @param keepFor how long a refusal is kept, from the last one of its request
   * @param most of how many requests; of strangers a tenth of that
   */
  public RedisRefusals(RedisConnections redis, Duration keepFor, int most) {
    this.redis = redis;
    this.keepFor = keepFor;
    this.most = most;
  }

  @Override
  public CompletionStage<Void> keep(List<Kept> refusals) {
    return keep(RefusalKeys.OF_CALLERS, most, refusals.stream().filter(Kept::ofCaller).toList())
        .thenCombine(
            keep(
                RefusalKeys.OF_STRANGERS,
                Math.max(1, most / 10),
                refusals.stream().filter(one -> !one.ofCaller()).toList()),
            (callers, strangers) -> null);
  }

  private CompletionStage<Void> keep(RefusalKeys names, int room, List<Kept> refusals) {
    if (refusals.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    List<String> keys = new ArrayList<>(List.of(names.index()));
    List<String> arguments =
        new ArrayList<>(
            List.of(Long.toString(keepFor.toMillis()), Integer.toString(room), names.prefix()));
    for (Kept refusal : refusals) {
      keys.add(names.of(refusal.requestId()));
      arguments.add(refusal.requestId());
      arguments.add(refusal.json());
    }
    return redis.run(keep, keys, arguments).thenAccept(reply -> {});
  }

  @Override
  public CompletionStage<List<String>> of(String requestId) {
    return redis
        .run(
            kept,
            List.of(RefusalKeys.OF_CALLERS.of(requestId), RefusalKeys.OF_STRANGERS.of(requestId)),
            List.of())
        .thenApply(
            reply ->
                reply.stream()
                    .filter(byte[].class::isInstance)
                    .flatMap(lines -> new String((byte[]) lines, StandardCharsets.UTF_8).lines())
                    .toList());
  }
}
