package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.admission.Demand;
import dev.sluice.admission.EndUser;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemandReaderTest {
  /** Of each API the fields that count, and none of another. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "chat/completions | {} | |",
        "chat/completions | {\"n\":1,\"max_tokens\":7} | | max_tokens 7",
        "chat/completions | {\"n\":null,\"max_tokens\":null} | |",
        "chat/completions | {\"n\":4} | n 4 |",
        "chat/completions | {\"max_tokens\":7,\"max_completion_tokens\":9} | | max_completion_tokens 9",
        "chat/completions | {\"max_tokens\":9,\"max_completion_tokens\":7} | | max_tokens 9",
        "chat/completions | {\"n\":99999999999999999999} | n 9223372036854775807 |",
        "chat/completions | {\"x\":{\"n\":5},\"input\":[\"a\",\"b\"],\"best_of\":9} | |",
        "openai/deployments/m/chat/completions | {\"n\":2} | n 2 |",
        "completions | {\"prompt\":\"a\",\"max_tokens\":0} | | max_tokens 0",
        "completions | {\"prompt\":[\"a\",\"b\",\"c\"]} | prompt 3 |",
        "completions | {\"prompt\":[1,2,3]} | |",
        "completions | {\"prompt\":[[1,2],[3]]} | prompt 2 |",
        "completions | {\"prompt\":[\"a\",\"b\"],\"n\":3,\"best_of\":4} | prompt 8 |",
        "completions | {\"n\":2,\"best_of\":5} | best_of 5 |",
        "completions | {\"prompt\":[\"a\",\"b\"],\"n\":9223372036854775807} | prompt 9223372036854775807 |",
        "completions | {\"prompt\":[]} | |",
        "embeddings | {\"input\":[\"a\",\"b\"],\"n\":7} | input 2 |",
        "embeddings | {\"input\":\"a\"} | |",
        "embeddings | {\"input\":[[1],[2],[3]]} | input 3 |",
        "responses | {\"input\":[{},{}],\"max_output_tokens\":5} | | max_output_tokens 5",
        "messages | {\"max_tokens\":5,\"n\":7} | | max_tokens 5",
        "rerank | {\"n\":\"seven\",\"input\":[\"a\",\"b\"]} | |",
      })
  void demand_isReadByTheApi(String path, String body, String batch, String tokens)
      throws Exception {
    DemandReader reader = read(path, body);

    assertThat(reader.demand().batch().map(DemandReaderTest::text))
        .isEqualTo(Optional.ofNullable(batch));
    assertThat(reader.demand().outputTokens().map(DemandReaderTest::text))
        .isEqualTo(Optional.ofNullable(tokens));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "chat/completions | {\"user\":\"ada\"} | ada",
        "chat/completions | {\"user\":\"ada\",\"safety_identifier\":\"bob\"} | bob",
        "chat/completions | {\"safety_identifier\":\"bob\",\"user\":\"ada\"} | bob",
        "chat/completions | {\"safety_identifier\":null,\"user\":\"ada\"} | ada",
        "chat/completions | {\"safety_identifier\":\"\",\"user\":\"ada\"} | ada",
        "chat/completions | {\"prompt_cache_key\":\"ada\"} |",
        "chat/completions | {\"user\":null} |",
        "chat/completions | {\"metadata\":{\"user\":\"ada\"}} |",
        "completions | {\"user\":\"ada\"} | ada",
        "embeddings | {\"user\":\"ada\"} | ada",
        "responses | {\"safety_identifier\":\"ada\"} | ada",
        "rerank | {\"user\":7} |",
      })
  void endUser_isWhoIsNamed_elseThatNobodyIs(String path, String body, String name)
      throws Exception {
    assertThat(read(path, body).demand().endUser())
        .contains(name == null ? EndUser.UNNAMED : EndUser.named(name));
  }

  @Test
  void endUser_isKnownByAHashOnly() {
    assertThat(EndUser.named("ada@example.org").id()).matches("[0-9a-f]{32}");
    assertThat(EndUser.named("ada@example.org")).isEqualTo(EndUser.named("ada@example.org"));
    assertThat(EndUser.named("unnamed")).isNotEqualTo(EndUser.UNNAMED);
  }

  private static DemandReader read(String path, String body) throws Exception {
    DemandReader reader = DemandReader.of("/v1/" + path);
    try (JsonParser json = new JsonFactory().createParser(body)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (!reader.read(field, json)) {
          json.skipChildren();
        }
      }
    }
    return reader;
  }

  private static String text(Demand.Amount amount) {
    return amount.field() + " " + amount.value();
  }
}
