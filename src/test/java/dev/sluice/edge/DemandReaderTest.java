package dev.sluice.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.admission.Demand;
import java.util.Optional;
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
    assertThat(reader.demand().batch().map(DemandReaderTest::text))
        .isEqualTo(Optional.ofNullable(batch));
    assertThat(reader.demand().outputTokens().map(DemandReaderTest::text))
        .isEqualTo(Optional.ofNullable(tokens));
  }

  private static String text(Demand.Amount amount) {
    return amount.field() + " " + amount.value();
  }
}
