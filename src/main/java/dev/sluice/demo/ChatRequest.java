package dev.sluice.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.OptionalInt;

/**
 * The fields of a chat completion request that matter here; all others are ignored.
 *
 * @param seed stands for the prompt: the same text gives the same
 * @param maxTokens the smaller of {@code max_tokens} and {@code max_completion_tokens}
 */
record ChatRequest(
    String model,
    int promptTokens,
    long seed,
    int choices,
    OptionalInt maxTokens,
    boolean stream,
    boolean includeUsage) {
  private static final int MAX_CHOICES = 128;

  static ChatRequest parse(ObjectReader json, byte[] body) throws Rejection {
    JsonNode root;
    try {
      root = json.readTree(body);
    } catch (IOException notJson) {
      throw new Rejection(ApiError.invalidBody("The request body is not valid JSON."));
    }
    if (!root.isObject()) {
      throw new Rejection(ApiError.invalidBody("The request body is not a JSON object."));
    }
    JsonNode model = root.path("model");
    if (!model.isTextual()) {
      throw new Rejection(ApiError.invalid("'model' must be a string.", "model"));
    }
    Prompt prompt = prompt(root.path("messages"));
    boolean stream = flag(root.path("stream"), "stream");
    JsonNode includeUsage = root.path("stream_options").path("include_usage");
    return new ChatRequest(
        model.textValue(),
        prompt.tokens(),
        prompt.seed(),
        number(root, "n", MAX_CHOICES).orElse(1),
        smaller(
            number(root, "max_tokens", Integer.MAX_VALUE),
            number(root, "max_completion_tokens", Integer.MAX_VALUE)),
        stream,
        stream && flag(includeUsage, "stream_options.include_usage"));
  }

  private static Prompt prompt(JsonNode messages) throws Rejection {
    if (!messages.isArray() || messages.isEmpty()) {
      throw new Rejection(
          ApiError.invalid("'messages' must be an array with at least one message.", "messages"));
    }
    Prompt prompt = new Prompt();
    for (JsonNode message : messages) {
      if (!message.path("role").isTextual()) {
        throw new Rejection(ApiError.invalid("Each message must have a 'role'.", "messages"));
      }
      addContent(prompt, message.path("content"));
    }
    return prompt;
  }

  /** A message may be without content: one that calls tools is. Parts that are no text are free. */
  private static void addContent(Prompt prompt, JsonNode content) throws Rejection {
    if (content.isTextual()) {
      prompt.add(content.textValue());
    } else if (content.isArray()) {
      for (JsonNode part : content) {
        prompt.add(part.path("text").asText());
      }
    } else if (!content.isNull() && !content.isMissingNode()) {
      throw new Rejection(
          ApiError.invalid("'content' must be a string or an array of parts.", "messages"));
    }
  }

  private static boolean flag(JsonNode value, String name) throws Rejection {
    if (value.isBoolean() || value.isNull() || value.isMissingNode()) {
      return value.booleanValue();
    }
    throw new Rejection(ApiError.invalid("'" + name + "' must be a boolean.", name));
  }

  private static OptionalInt number(JsonNode root, String name, int max) throws Rejection {
    JsonNode value = root.path(name);
    if (value.isNull() || value.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!value.canConvertToExactIntegral() || !value.canConvertToInt()) {
      throw new Rejection(ApiError.invalid("'" + name + "' must be an integer.", name));
    }
    if (value.intValue() < 1 || value.intValue() > max) {
      throw new Rejection(ApiError.invalid("'" + name + "' must be 1 to " + max + ".", name));
    }
    return OptionalInt.of(value.intValue());
  }

  private static OptionalInt smaller(OptionalInt one, OptionalInt other) {
    if (one.isPresent() && other.isPresent()) {
      return OptionalInt.of(Math.min(one.getAsInt(), other.getAsInt()));
    }
    return one.isPresent() ? one : other;
  }
}
