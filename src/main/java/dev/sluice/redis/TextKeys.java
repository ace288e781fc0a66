package dev.sluice.redis;

import io.lettuce.core.codec.RedisCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Keys are text, values are bytes. Lettuce's own codec for text takes three bytes for each
 * character, to copy them once more.
 */
final class TextKeys implements RedisCodec<String, byte[]> {
  @Override
  public String decodeKey(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  @Override
  public byte[] decodeValue(ByteBuffer bytes) {
    byte[] value = new byte[bytes.remaining()];
    bytes.get(value);
    return value;
  }

  @Override
  public ByteBuffer encodeKey(String key) {
    return ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public ByteBuffer encodeValue(byte[] value) {
    return ByteBuffer.wrap(value);
  }
}
