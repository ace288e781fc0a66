package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.Demand;
import dev.sluice.admission.EndUser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestTest {
  @Test
  void findsTheFieldsWhereverTheyStand() throws Exception {
    String body =
        """
        {"messages":[{"role":"user","content":[{"type":"text","text":"{\\"model\\":1}"}]}],
         "metadata":{"model":"not this","stream":true},
         "stream":true,"model":"m"}""";

    ChatRequest read = parse(body);

    assertThat(read.model()).isEqualTo("m");
    assertThat(body.substring(0, read.modelStart())).endsWith("\"stream\":true,\"model\":");
    assertThat(body.substring(read.modelStart(), read.modelEnd())).isEqualTo("\"m\"");
    assertThat(read.demand())
        .isEqualTo(new Demand(Optional.empty(), Optional.empty(), Optional.of(EndUser.UNNAMED)));
  }

  @Test
  void streamMayBeNull() throws Exception {
    assertThat(parse("{\"model\":\"m\",\"messages\":[{}],\"stream\":null}").model()).isEqualTo("m");
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\":\"m\"}| messages| missing_required_parameter| Missing required parameter: 'messages'.",
        "{\"messages\":[{}]}| model| missing_required_parameter| Missing required parameter: 'model'.",
        "{\"model\":7,\"messages\":[{}]}| model| invalid_type| expected a string, got a number",
        "{\"model\":\"\",\"messages\":[{}]}| model| invalid_value| expected 1 to 256 characters, got 0",
        "{\"model\":\"m\",\"messages\":{}}| messages| invalid_type| expected an array, got an object",
        "{\"model\":\"m\",\"messages\":[]}| messages| invalid_value| at least one message",
        "{\"model\":\"m\",\"messages\":[\"hi\"]}| messages| invalid_type| expected an array of objects, got a string",
        "{\"model\":\"m\",\"messages\":[{}],\"stream\":\"yes\"}| stream| invalid_type| expected a boolean, got a string",
        "{\"model\":\"a\",\"messages\":[{}],\"model\":\"b\"}| model| invalid_value| stands twice",
        "{\"stream\":false,\"model\":\"a\",\"messages\":[{}],\"stream\":true}| stream| invalid_value| stands twice",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":-1}| n| integer_below_min_value| Expected a value >= 1, but got -1 instead",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":0}| n| integer_below_min_value| Expected a value >= 1, but got 0 instead",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":-1e99}| n| invalid_type| expected an integer, got a decimal number",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":-99999999999999999999}| n| integer_below_min_value| but got -99999999999999999999 instead",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":1.0}| n| invalid_type| expected an integer, got a decimal number",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":\"2\"}| n| invalid_type| expected an integer, got a string",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":[2]}| n| invalid_type| expected an integer, got an array",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":1,\"n\":2}| n| invalid_value| stands twice",
        "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":0}| max_tokens| integer_below_min_value| Expected a value >= 1, but got 0 instead",
        "{\"model\":\"m\",\"messages\":[{}],\"max_completion_tokens\":true}| max_completion_tokens| invalid_type| expected an integer, got a boolean",
        "{\"model\":\"m\",\"messages\":[{}],\"user\":7}| user| invalid_type| expected a string, got a number",
        "{\"model\":\"m\",\"messages\":[{}],\"safety_identifier\":{\"a\":1}}| safety_identifier| invalid_type| expected a string, got an object",
        "{\"model\":\"m\",\"messages\":[{}],\"user\":\"a\",\"user\":\"b\"}| user| invalid_value| stands twice",
        "[]| | invalid_json| must be a JSON object",
        "``| | invalid_json| must be a JSON object",
        "{\"model\":\"m\",| | invalid_json| not valid JSON",
        "{\"model\":\"m\",\"messages\":[{}]} {}| | invalid_json| nothing behind it",
        "{\"model\":\"m\",\"messages\":[{}],\"x\":nope}| | invalid_json| (line 1, column",
      })
  void saysWhatIsWrong(String body, String param, String code, String message) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            BadRequest.class,
            malformed -> {
              assertThat(malformed.status()).isEqualTo(400);
              assertThat(malformed.error().param()).isEqualTo(Optional.ofNullable(param));
              assertThat(malformed.error().code()).contains(code);
              assertThat(malformed.error().message()).contains(message);
            });
  }

  @Test
  void refusesAnEndUserOfMoreThan512Characters() throws Exception {
    String body = "{\"model\":\"m\",\"messages\":[{}],\"user\":\"%s\"}";

    assertThat(parse(body.formatted("u".repeat(512))).demand().endUser())
        .contains(EndUser.named("u".repeat(512)));
    assertThatThrownBy(() -> parse(body.formatted("u".repeat(513))))
        .isInstanceOfSatisfying(
            BadRequest.class,
            malformed -> {
              assertThat(malformed.status()).isEqualTo(400);
              assertThat(malformed.error().code()).contains("string_above_max_length");
              assertThat(malformed.error().param()).contains("user");
            });
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] body =
        "{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]}".getBytes(StandardCharsets.UTF_8);
    body[36] = (byte) 0xff;
    assertThatThrownBy(() -> ChatRequest.parse(Optional.empty(), body))
        .isInstanceOf(BadRequest.class);
  }

  @Test
  void refusesACompressedBody() {
    assertThatThrownBy(() -> ChatRequest.parse(Optional.of("gzip"), new byte[0]))
        .isInstanceOfSatisfying(
            BadRequest.class, malformed -> assertThat(malformed.status()).isEqualTo(415));
  }

  private static ChatRequest parse(String body) throws BadRequest {
    return ChatRequest.parse(Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
  }
}
