package dev.sluice.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a connection before it is used, and what is heard of Redis then and later.
 *
 * @param distrusted to be run when another server may have taken this one's place
 */
record Preparation(Reachability reachability, Runnable distrusted) {
  private static final String[] PERMISSIONS_KEY = {"{sluice}:permissions"};

  /**
   * Makes the scripts known before any is called. A call that met an unknown one is repeated with
   * its text, but not after its deadline: and it is then that a cancel must not get lost.
   */
  void prepare(RedisClusterAsyncCommands<String, byte[]> connected) {
    for (Script script : Script.allShipped()) {
      var unused =
          connected
              .scriptLoad(bytes(script))
              .whenComplete((sha1, failure) -> heard("script load", failure));
    }
    var unused =
        connected
            .<List<byte[]>>eval(
                bytes(Script.shipped("permissions")), ScriptOutputType.MULTI, PERMISSIONS_KEY)
            .whenComplete(
                (lacking, failure) -> {
                  if (failure == null) {
                    reachability.lacks(names(lacking));
                  } else {
                    heard("permissions", failure);
                  }
                });
  }

  /** Passes on what Redis complains about, if it does. */
  Optional<Complaint> heard(String call, @Nullable Throwable failure) {
    if (!(failure instanceof RedisCommandExecutionException)) {
      return Optional.empty();
    }
    String error = ConnectFailure.reason(failure);
    Optional<Complaint> complaint = Complaint.in(error);
    complaint
        .filter(one -> one != Complaint.TRYAGAIN)
        .ifPresent(
            one -> {
              reachability.complained(one, call, error);
              if (one.elsewhere()) {
                distrusted.run();
              }
            });
    return complaint;
  }

  private static String names(List<byte[]> commands) {
    return commands.stream()
        .map(name -> new String(name, StandardCharsets.US_ASCII))
        .collect(Collectors.joining(", "));
  }

  private static byte[] bytes(Script script) {
    return script.text().getBytes(StandardCharsets.UTF_8);
  }
}
