package dev.sluice.edge.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.ChatRequest;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedBodyTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String forwarded(String body, String model) throws BadRequest {
    Buffer whole = Buffer.buffer();
    pieces(Buffer.buffer(body), model).forEach(whole::appendBuffer);
    return whole.toString(StandardCharsets.UTF_8);
  }

  private static List<Buffer> pieces(Buffer body, String model) throws BadRequest {
    return ForwardedBody.of(body, ChatRequest.parse(Optional.empty(), body.getBytes()), model);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{\"model\":\"m\",\"messages\":[{}]}           | {\"model\":\"big-120b\",\"messages\":[{}]}",
        "{\"messages\":[{\"model\":\"m\"}],\"model\":\"m\"} | {\"messages\":[{\"model\":\"m\"}],\"model\":\"big-120b\"}",
        "{ \"model\" :  \"m\"  , \"messages\":[{}]}    | { \"model\" :  \"big-120b\"  , \"messages\":[{}]}",
        "{\"model\":\"\\u006d\",\"messages\":[{}]}     | {\"model\":\"big-120b\",\"messages\":[{}]}",
        "{\"x\":\"é€😀\",\"model\":\"m\",\"messages\":[{\"a\":1.00}]} | {\"x\":\"é€😀\",\"model\":\"big-120b\",\"messages\":[{\"a\":1.00}]}",
      })
  void anAlias_changesTheValueOfModelAndNoOtherByte(String body, String expected) throws Exception {
    assertThat(forwarded(body, "big-120b")).isEqualTo(expected);
  }

  @Test
  void thePublicName_isForwardedAsItCame() throws Exception {
    Buffer body = Buffer.buffer("{\"model\":\"\\u006d\",\"messages\":[{}]}");

    assertThat(pieces(body, "m")).hasSize(1).allMatch(piece -> piece == body);
  }

  @Test
  void aByteOrderMark_isKept() throws Exception {
    assertThat(forwarded("\ufeff{\"model\":\"m\",\"messages\":[{}]}", "n"))
        .isEqualTo("\ufeff{\"model\":\"n\",\"messages\":[{}]}");
  }

  @Test
  void aLargeBody_isNotCopied() throws Exception {
    Buffer body =
        Buffer.buffer(
            "{\"model\":\"m\",\"messages\":[{\"content\":\"" + "x".repeat(3 << 20) + "\"}]}");

    List<Buffer> pieces = pieces(body, "other");
    body.setByte(body.length() - 5, (byte) 'y');

    assertThat(pieces.get(2).getByte(pieces.get(2).length() - 5)).isEqualTo((byte) 'y');
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
  void anotherEncoding_isRefused(String charset) {
    byte[] body = "{\"model\":\"m\",\"messages\":[{}]}".getBytes(Charset.forName(charset));

    assertThatThrownBy(() -> ChatRequest.parse(Optional.empty(), body))
        .isInstanceOf(BadRequest.class)
        .hasMessageContaining("UTF-8");
  }

  @Property(tries = 300)
  void anyBody_saysTheSameAfterwardsButForTheModel(
      @ForAll
          @NotEmpty
          @StringLength(max = 40)
          @Chars({'a', '"', '\\', '\u00e9', '\n', '/', '{', '\u20ac'})
          String model,
      @ForAll @StringLength(max = 40) String before,
      @ForAll @StringLength(max = 40) String behind,
      @ForAll boolean pretty)
      throws Exception {
    ObjectNode sent = JSON.createObjectNode().put("user", before).put("model", model);
    sent.putArray("messages").addObject().put("content", behind).put("model", "not this");
    String body = pretty ? sent.toPrettyString() : sent.toString();

    assertThat(JSON.readTree(forwarded(body, "\"other\" \u00e9")))
        .isEqualTo(sent.deepCopy().put("model", "\"other\" \u00e9"));
  }
}
