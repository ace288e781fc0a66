package dev.sluice.edge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.admission.Demand;
import dev.sluice.admission.Demand.Amount;
import dev.sluice.admission.EndUser;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds how much a request asks for, and for whom, while somebody else reads its body; for one
 * body.
 *
 * <p>What another field of the same name could change is refused: a backend might obey the other.
 */
public final class DemandReader {
  /** In which an end user may be named; the first that does goes before the others. */
  private static final List<String> END_USER = List.of("safety_identifier", "user");

  private static final int LONGEST_END_USER = 512;

  private static final Api CHAT_COMPLETIONS =
      new Api(Set.of("n"), "", Set.of("max_tokens", "max_completion_tokens"), 1, true);
  private static final Api OTHER = new Api(Set.of(), "", Set.of(), 1, false);

  /** By the last segment of the path. */
  private static final Map<String, Api> APIS =
      Map.of(
          "completions", new Api(Set.of("n", "best_of"), "prompt", Set.of("max_tokens"), 0, true),
          "embeddings", new Api(Set.of(), "input", Set.of(), 1, true),
          "messages", new Api(Set.of(), "", Set.of("max_tokens"), 1, false),
          "responses", new Api(Set.of(), "", Set.of("max_output_tokens"), 1, true));

  /**
   * The fields of an API that count.
   *
   * @param items of which one request may have several; empty for none
   * @param leastTokens that may be asked for
   * @param namesEndUser whether it may say for whom it asks
   */
  private record Api(
      Set<String> choices,
      String items,
      Set<String> tokens,
      long leastTokens,
      boolean namesEndUser) {
    static Api of(String path) {
      return path.endsWith("/chat/completions")
          ? CHAT_COMPLETIONS
          : APIS.getOrDefault(path.substring(path.lastIndexOf('/') + 1), OTHER);
    }
  }

  private final Api api;
  private final Set<String> seen = new HashSet<>();
  private Amount choices = new Amount("n", 1);
  private Amount items = new Amount("", 1);
  private Optional<Amount> outputTokens = Optional.empty();
  private final Map<String, EndUser> endUsers = new HashMap<>();

  private DemandReader(Api api) {
    this.api = api;
  }

  static DemandReader ofChatCompletion() {
    return new DemandReader(CHAT_COMPLETIONS);
  }

  /**
   * For the body of a request.
   *
   * @param path without its query
   */
  public static DemandReader of(String path) {
    return new DemandReader(Api.of(path));
  }

  /**
   * Reads the value of a field at the top level, if it counts; else leaves it.
   *
   * @param json at the value's first token; afterwards, if it was read, at its last
   * @return whether it was read
   */
  public boolean read(String field, JsonParser json) throws IOException, BadRequest {
    boolean isChoices = api.choices.contains(field);
    boolean isTokens = api.tokens.contains(field);
    boolean isItems = api.items.equals(field);
    boolean isEndUser = api.namesEndUser && END_USER.contains(field);
    if (!isChoices && !isTokens && !isItems && !isEndUser) {
      return false;
    }
    ChatRequest.once(seen.add(field), field);
    if (isEndUser) {
      endUser(field, json);
    } else if (isItems) {
      items = new Amount(field, count(json));
    } else if (json.currentToken() != JsonToken.VALUE_NULL) {
      Amount amount = new Amount(field, integer(field, json, isChoices ? 1 : api.leastTokens));
      if (isChoices) {
        choices = larger(choices, amount);
      } else {
        outputTokens = Optional.of(outputTokens.map(other -> larger(other, amount)).orElse(amount));
      }
    }
    return true;
  }

  /** What was found so far. */
  public Demand demand() {
    long batch = product(items.value(), choices.value());
    String field = items.value() > 1 ? items.field() : choices.field();
    return new Demand(
        batch > 1 ? Optional.of(new Amount(field, batch)) : Optional.empty(),
        outputTokens,
        Optional.of(endUser()));
  }

  private EndUser endUser() {
    return END_USER.stream()
        .map(field -> endUsers.getOrDefault(field, EndUser.UNNAMED))
        .filter(user -> !user.equals(EndUser.UNNAMED))
        .findFirst()
        .orElse(EndUser.UNNAMED);
  }

  private void endUser(String field, JsonParser json) throws IOException, BadRequest {
    JsonToken value = json.currentToken();
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.VALUE_STRING) {
      throw ChatRequest.type(field, "a string", value);
    }
    String name = json.getText();
    if (name.length() > LONGEST_END_USER) {
      String message =
          "Invalid '%s': string too long. Expected a string with maximum length %d, but got a string with length %d instead."
              .formatted(field, LONGEST_END_USER, name.length());
      throw new BadRequest(
          400, ErrorBody.invalidRequest(message, "string_above_max_length").param(field));
    }
    endUsers.put(field, EndUser.named(name));
  }

  private static Amount larger(Amount one, Amount other) {
    return other.value() > one.value() ? other : one;
  }

  private static long product(long one, long other) {
    return one > Long.MAX_VALUE / other ? Long.MAX_VALUE : one * other;
  }

  private static long integer(String field, JsonParser json, long least)
      throws IOException, BadRequest {
    JsonToken value = json.currentToken();
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw ChatRequest.type(field, "an integer", value);
    }
    boolean large = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
    long number =
        large
            ? json.getText().startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE
            : json.getLongValue();
    if (number < least) {
      String message =
          "Invalid '%s': integer below minimum value. Expected a value >= %d, but got %s instead."
              .formatted(field, least, json.getText());
      throw new BadRequest(
          400, ErrorBody.invalidRequest(message, "integer_below_min_value").param(field));
    }
    return number;
  }

  /** The prompts or inputs of a list; a list of numbers is one, written as tokens. */
  private static long count(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return 1;
    }
    long count = 0;
    boolean tokens = true;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      tokens &= json.currentToken().isNumeric();
      count++;
      json.skipChildren();
    }
    return tokens ? 1 : count;
  }
}
