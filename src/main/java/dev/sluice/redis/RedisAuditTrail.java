package dev.sluice.redis;

import dev.sluice.account.AuditTrail;
import dev.sluice.account.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The audit in Redis, which change.lua writes.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}.
 */
public final class RedisAuditTrail implements AuditTrail {
  /** The values of an entry in the reply. */
  private static final int VALUES = 8;

  private final RedisConnections redis;
  private final Script audit = Script.shipped("audit");

  public RedisAuditTrail(RedisConnections redis) {
    this.redis = redis;
  }

  @Override
  public CompletionStage<List<Entry>> newest(
      String organization, Optional<String> position, Optional<Instant> since, int most) {
    Ids.requireOrganization(organization);
    return redis
        .run(
            audit,
            List.of(new Keys(organization).audit()),
            List.of(
                position.orElse(""),
                since.map(time -> Long.toString(time.toEpochMilli())).orElse(""),
                Integer.toString(most)))
        .thenApply(
            reply -> {
              List<Entry> entries = new ArrayList<>();
              for (int i = 0; i < reply.size(); i += VALUES) {
                entries.add(entry(reply.subList(i, i + VALUES)));
              }
              return entries;
            });
  }

  private static Entry entry(List<Object> values) {
    return new Entry(
        text(values.get(0)),
        Instant.ofEpochMilli(Long.parseLong(text(values.get(1)))),
        text(values.get(2)),
        text(values.get(3)),
        text(values.get(4)),
        text(values.get(5)),
        Optional.of(text(values.get(6))).filter(json -> !json.isEmpty()),
        text(values.get(7)));
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }
}
