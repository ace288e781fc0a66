package dev.sluice.redis;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A number, whether Redis says it as one or as text; nothing is 0. */
final class NumberOutput extends CommandOutput<String, byte[], Long> {
  NumberOutput(RedisCodec<String, byte[]> codec) {
    super(codec, 0L);
  }

  @Override
  public void set(long number) {
    output = number;
  }

  @Override
  public void set(@Nullable ByteBuffer text) {
    if (text == null) {
      return;
    }
    try {
      output = Long.parseLong(StandardCharsets.US_ASCII.decode(text).toString());
    } catch (NumberFormatException e) {
      setError("the value is not a number");
    }
  }
}
