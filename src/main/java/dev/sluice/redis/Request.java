package dev.sluice.redis;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.BooleanOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandKeyword;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A command for Redis; may be sent any number of times.
 *
 * @param output makes what takes one reply
 * @param whenScriptUnknown what to send when Redis does not know the script
 */
record Request<T>(
    CommandType type,
    CommandArgs<String, byte[]> arguments,
    Function<RedisCodec<String, byte[]>, CommandOutput<String, byte[], T>> output,
    Optional<Supplier<Request<T>>> whenScriptUnknown) {
  private static final RedisCodec<String, byte[]> CODEC = SingleLink.CODEC;

  private Request(
      CommandType type,
      CommandArgs<String, byte[]> arguments,
      Function<RedisCodec<String, byte[]>, CommandOutput<String, byte[], T>> output) {
    this(type, arguments, output, Optional.empty());
  }

  static Request<String> ping() {
    return new Request<>(CommandType.PING, new CommandArgs<>(CODEC), StatusOutput::new);
  }

  /** The number that a key holds; of a key that is not there 0. */
  static Request<Long> get(String key) {
    return new Request<>(CommandType.GET, of(key), NumberOutput::new);
  }

  static Request<Long> increase(String key, long by) {
    return new Request<>(CommandType.INCRBY, of(key).add(by), IntegerOutput::new);
  }

  /** Replies whether there is such a key. */
  static Request<Boolean> expire(String key, long seconds) {
    return new Request<>(CommandType.EXPIRE, of(key).add(seconds), BooleanOutput::new);
  }

  static Request<List<Object>> clusterSlots() {
    CommandArgs<String, byte[]> arguments = new CommandArgs<>(CODEC).add(CommandKeyword.SLOTS);
    return new Request<>(CommandType.CLUSTER, arguments, ArrayOutput::new);
  }

  /** Runs a script, by its name if Redis remembers it. */
  static Request<List<Object>> run(Script script, String[] keys, byte[][] arguments) {
    CommandArgs<String, byte[]> byName = new CommandArgs<>(CODEC).add(script.sha1());
    return new Request<>(
        CommandType.EVALSHA,
        with(byName, keys, arguments),
        NestedMultiOutput::new,
        Optional.of(() -> runText(script, keys, arguments)));
  }

  private static Request<List<Object>> runText(Script script, String[] keys, byte[][] arguments) {
    byte[] text = script.text().getBytes(StandardCharsets.UTF_8);
    CommandArgs<String, byte[]> byText = new CommandArgs<>(CODEC).add(text);
    return new Request<>(CommandType.EVAL, with(byText, keys, arguments), NestedMultiOutput::new);
  }

  private static CommandArgs<String, byte[]> with(
      CommandArgs<String, byte[]> script, String[] keys, byte[][] arguments) {
    return script.add(keys.length).addKeys(keys).addValues(arguments);
  }

  private static CommandArgs<String, byte[]> of(String key) {
    return new CommandArgs<>(CODEC).addKey(key);
  }
}
