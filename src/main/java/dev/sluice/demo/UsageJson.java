package dev.sluice.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;

/** The vendor's usage object, and its notation of time: seconds with a fraction. */
final class UsageJson {
  private static final double NANOS = 1e9;

  private UsageJson() {}

  /** The usage of a generation that ends now. */
  static ObjectNode of(Generation generation) {
    Completion completion = generation.completion();
    int prompt = completion.request().promptTokens();
    int tokens = completion.tokens();
    // No less than a microsecond, so that every rate is a number.
    double latency = Math.max(1e-6, generation.elapsedNanos() / NANOS);
    double first = Math.min(latency, generation.pace().nanosUntil(1) / NANOS);
    ObjectNode usage = JsonNodeFactory.instance.objectNode();
    usage.put("prompt_tokens", prompt);
    usage.put("completion_tokens", tokens);
    usage.put("total_tokens", prompt + tokens);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
    usage.put("time_to_first_token", first);
    usage.put("total_latency", latency);
    usage.put("completion_tokens_per_sec", tokens / latency);
    usage.put(
        "completion_tokens_after_first_per_sec", (tokens - 1) / Math.max(1e-6, latency - first));
    usage.put("total_tokens_per_sec", (prompt + tokens) / latency);
    usage.put("is_last_response", true);
    usage.put("stop_reason", completion.finishReason());
    usage.put("start_time", seconds(generation.startedAt()));
    usage.put("end_time", seconds(generation.startedAt().plusNanos(generation.elapsedNanos())));
    return usage;
  }

  /** Seconds since 1970, to the microsecond: a double would be written with an exponent. */
  static BigDecimal seconds(Instant time) {
    long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    return BigDecimal.valueOf(micros, 6);
  }
}
