package dev.sluice.redis;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.sluice.account.RecordKind;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Rebuilds what is derived from the records: the index of all organizations, and in each of them
 * the lists of ids, the keys of each user and the way from a secret to its key.
 *
 * <p>It walks through the names of all keys of all nodes, while everything else goes on; slots of a
 * cluster should not be on the move. Never blocks.
 */
public final class AccountIndexes {
  private static final String PATTERN = "{*}:*";
  private static final String BATCH = "500";

  /** {@code {acme}:organization}, a record, a secret, or an index. */
  private static final Pattern NAME =
      Pattern.compile(
          "\\{([a-z0-9-]{1,40})}:(organization|(project|user|key|secret|index:keys-of):([^:]+)"
              + "|index:(project|user|key))");

  private final RedisConnections redis;
  private final Script scan = Script.shipped("scan");
  private final Script read = Script.shipped("read");
  private final Script list = Script.shipped("organizations");
  private final Script register = Script.shipped("register");
  private final Script reindex = Script.shipped("reindex");

  public AccountIndexes(RedisConnections redis) {
    this.redis = redis;
  }

  /** Rebuilds them; how many entries were wrong. */
  public CompletionStage<Long> rebuild() {
    return nodes()
        .thenCompose(
            nodes -> {
              CompletionStage<Long> wrong = register("mend", List.of());
              for (String node : nodes) {
                wrong = plus(wrong, () -> node(node, "0"));
              }
              return plus(wrong, () -> stale(""));
            });
  }

  /** For each master a name that leads to it. */
  private CompletionStage<List<String>> nodes() {
    CompletionStage<List<Object>> slots =
        redis.connection().call("cluster slots", Request::clusterSlots);
    return slots.handle(
        (reply, failure) -> {
          if (failure == null) {
            return leading(reply);
          }
          if (String.valueOf(failure.getMessage()).contains("cluster support disabled")) {
            return List.of("{any}:scan");
          }
          throw new CompletionException(failure);
        });
  }

  /** A reply to CLUSTER SLOTS is a list of ranges: first slot, last slot, master, replicas. */
  private static List<String> leading(List<Object> ranges) {
    Map<String, Integer> slotOf = new LinkedHashMap<>();
    for (Object range : ranges) {
      List<?> parts = (List<?>) range;
      List<?> master = (List<?>) parts.get(2);
      String address = text(master.get(0)) + ":" + master.get(1);
      slotOf.putIfAbsent(address, ((Long) parts.get(0)).intValue());
    }
    return slotOf.values().stream().map(AccountIndexes::nameIn).toList();
  }

  private static String nameIn(int slot) {
    return IntStream.iterate(0, n -> n + 1)
        .mapToObj(n -> "{" + n + "}:scan")
        .filter(name -> SlotHash.getSlot(name) == slot)
        .findFirst()
        .orElseThrow();
  }

  private CompletionStage<Long> node(String name, String cursor) {
    return redis
        .run(scan, List.of(name), List.of(cursor, PATTERN, BATCH))
        .thenCompose(
            reply -> {
              List<String> names = reply.stream().skip(1).map(AccountIndexes::text).toList();
              String next = text(reply.get(0));
              CompletionStage<Long> wrong = found(names);
              return next.equals("0") ? wrong : plus(wrong, () -> node(name, next));
            });
  }

  private CompletionStage<Long> found(List<String> names) {
    Map<Records, List<String>> records = new LinkedHashMap<>();
    List<String> organizations = new ArrayList<>();
    CompletionStage<Long> wrong = completedFuture(0L);
    for (String name : names) {
      Matcher parts = NAME.matcher(name);
      if (!parts.matches()) {
        continue;
      }
      String organization = parts.group(1);
      if (parts.group(5) != null) {
        wrong = plus(wrong, () -> index(organization, name, parts.group(5), ""));
      } else if (parts.group(3) == null) {
        organizations.add(organization);
      } else if (parts.group(3).startsWith("index:")) {
        String key = RecordKind.KEY.label();
        wrong = plus(wrong, () -> index(organization, name, key, parts.group(4)));
      } else {
        records
            .computeIfAbsent(
                new Records(organization, parts.group(3), ""), those -> new ArrayList<>())
            .add(parts.group(4));
      }
    }
    for (Map.Entry<Records, List<String>> those : records.entrySet()) {
      wrong = plus(wrong, () -> reindex(those.getKey(), those.getValue()));
    }
    return organizations.isEmpty() ? wrong : plus(wrong, () -> register("in", organizations));
  }

  /** Holds the entries of an index against the records. */
  private CompletionStage<Long> index(String organization, String index, String kind, String user) {
    return plus(
        // Without ids: it may be no index at all.
        reindex(new Records(organization, kind, user), List.of()),
        () -> entries(organization, index, kind, user, ""));
  }

  /** Goes through an index page by page. */
  private CompletionStage<Long> entries(
      String organization, String index, String kind, String user, String after) {
    return redis
        .run(list, List.of(index), List.of(after, BATCH))
        .thenCompose(
            reply -> {
              List<String> ids = reply.stream().map(AccountIndexes::text).toList();
              CompletionStage<Long> wrong =
                  ids.isEmpty()
                      ? completedFuture(0L)
                      : reindex(new Records(organization, kind, user), ids);
              return ids.size() < Integer.parseInt(BATCH)
                  ? wrong
                  : plus(
                      wrong,
                      () -> entries(organization, index, kind, user, ids.get(ids.size() - 1)));
            });
  }

  /** Takes out of the index of all organizations those that there are not. */
  private CompletionStage<Long> stale(String after) {
    return redis
        .run(list, List.of(Keys.ORGANIZATIONS), List.of(after, BATCH))
        .thenCompose(
            reply -> {
              List<String> ids = reply.stream().map(AccountIndexes::text).toList();
              CompletionStage<Long> wrong = completedFuture(0L);
              for (String id : ids) {
                wrong = plus(wrong, () -> outIfMissing(id));
              }
              return ids.size() < Integer.parseInt(BATCH)
                  ? wrong
                  : plus(wrong, () -> stale(ids.get(ids.size() - 1)));
            });
  }

  private CompletionStage<Long> outIfMissing(String id) {
    return there(id)
        .thenCompose(
            there ->
                there
                    ? completedFuture(0L)
                    // It may have been created in between: then it is put back.
                    : register("out", List.of(id))
                        .thenCompose(
                            wrong ->
                                there(id)
                                    .thenCompose(
                                        now ->
                                            now
                                                ? register("in", List.of(id))
                                                : completedFuture(wrong))));
  }

  private CompletionStage<Boolean> there(String id) {
    return redis
        .run(read, List.of(new Keys(id).organizationRecord()), List.of())
        .thenApply(reply -> Optional.ofNullable(reply.get(0)).isPresent());
  }

  private CompletionStage<Long> register(String verb, List<String> ids) {
    List<String> arguments = new ArrayList<>(List.of(verb));
    arguments.addAll(ids);
    return redis
        .run(register, List.of(Keys.ORGANIZATIONS), arguments)
        .thenApply(reply -> (Long) reply.get(0));
  }

  private CompletionStage<Long> reindex(Records records, List<String> ids) {
    Keys names = new Keys(records.organization);
    List<String> arguments = new ArrayList<>(List.of(names.prefix(), records.kind, records.user));
    arguments.addAll(ids);
    return redis
        .run(reindex, List.of(names.version()), arguments)
        .thenApply(reply -> (Long) reply.get(0));
  }

  /**
   * Records of one kind.
   *
   * @param user among whose keys they were found, or nothing
   */
  private record Records(String organization, String kind, String user) {}

  private interface Step {
    CompletionStage<Long> run();
  }

  private static CompletionStage<Long> plus(CompletionStage<Long> before, Step next) {
    return before.thenCompose(sum -> next.run().thenApply(more -> sum + more));
  }

  private static String text(Object reply) {
    return new String((byte[]) reply, StandardCharsets.UTF_8);
  }
}
