package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.StringCodec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** How keys and values are written to Redis and read from it. */
class TextKeysProperties {
  private final TextKeys codec = new TextKeys();

  @Property
  void key_isWrittenAsLettuceWritesText(@ForAll String key) {
    assertThat(codec.encodeKey(key)).isEqualTo(StringCodec.UTF8.encodeKey(key));
  }

  @Property
  void value_isReadAsItWasWritten(@ForAll byte[] value) {
    assertThat(codec.decodeValue(codec.encodeValue(value))).isEqualTo(value);
  }
}
