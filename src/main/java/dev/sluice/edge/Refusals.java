package dev.sluice.edge;

import dev.sluice.admission.Decision;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Counted;
import dev.sluice.queue.Dispatcher;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a refusal looks like to a client: status, body and headers, the same at every door.
 *
 * <p>The table is that of the vendor's API and of OpenAI's; docs/errors.md prints it.
 */
public final class Refusals {
  private static final String UNAVAILABLE = "service_unavailable_error";

  private final int busyStatus;
  private final InstantSource clock;
  private final RetryHeaders retry;

  /**
   * @param busyStatus of a full queue: 429, 503 or 504
   * @param random spreads the retries of clients
   */
  public Refusals(int busyStatus, InstantSource clock, RandomGenerator random) {
    this.busyStatus = busyStatus;
    this.clock = clock;
    this.retry = new RetryHeaders(random);
  }

  /** The refusal of a request that waited, or could not wait, for a slot. */
  public static Refusal ofQueue(Dispatcher.Outcome outcome, String model, String qos) {
    if (outcome instanceof Dispatcher.Outcome.Full full) {
      return new Refusal.QueueFull(
          model, qos, full.waiting(), full.queueDepth(), full.retryAfter());
    }
    if (outcome instanceof Dispatcher.Outcome.TimedOut late) {
      return new Refusal.QueueTimedOut(model, qos, late.waited(), late.retryAfter());
    }
    return new Refusal.Unserved(model, qos);
  }

  /** The answer to a request that was refused. */
  public Answer answer(Decision.Refused refused, String requestId) {
    return answer(refused.refusal(), refused.limits(), requestId);
  }

  /**
   * The answer to a refusal.
   *
   * @param limits what was evaluated, for the headers
   */
  public Answer answer(Refusal refusal, List<EvaluatedLimit> limits, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    RateLimitHeaders.add(limits, headers);
    // The switch over a sealed interface is not in Java 17: a visitor would only hide this table.
    if (refusal instanceof Refusal.NoKey) {
      return error(
          401,
          ErrorBody.invalidRequest(
              "You didn't provide an API key. You need to provide your API key in an Authorization"
                  + " header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
              "invalid_api_key"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.InvalidKey key) {
      return error(
          401, ErrorBody.invalidRequest(invalidKey(key), "invalid_api_key"), headers, requestId);
    }
    if (refusal instanceof Refusal.PermissionMissing missing) {
      return denied(
          "This API key has no permission `"
              + missing.permission().name().toLowerCase(Locale.ROOT)
              + "`. Use another one, or ask your platform team for it.",
          missing,
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.NetworkNotAllowed network) {
      return denied(
          "This API key may not be used from "
              + network.address().map(address -> "`" + address + "`").orElse("where you are")
              + ".",
          network,
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.KeyModelNotAllowed model) {
      return error(
          403,
          ErrorBody.of(
                  "This API key may not call the model `"
                      + model.model()
                      + "`. GET /v1/models lists those that it may call.",
                  "permission_denied",
                  model.reason())
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.ModelRestricted model) {
      return error(
          403,
          ErrorBody.of(
                  "The model `"
                      + model.model()
                      + "` is restricted: ask your platform team for a tier"
                      + " that includes it.",
                  "permission_denied",
                  "model_restricted")
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.ModelNotFound model) {
      return error(404, modelNotFound(model.model()), headers, requestId);
    }
    if (refusal instanceof Refusal.ModelDeprecated model) {
      return error(
          410,
          ErrorBody.invalidRequest(
                  "The model `"
                      + model.model()
                      + "` has been deprecated and is no longer served."
                      + model.successor().map(next -> " Use `" + next + "` instead.").orElse("")
                      + " GET /v1/models lists the models that you can use.",
                  "model_deprecated")
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.ModelUnderMaintenance maintenance) {
      return maintenance(maintenance, headers, requestId);
    }
    if (refusal instanceof Refusal.BoundExceeded bound) {
      return error(400, boundExceeded(bound), headers, requestId);
    }
    if (refusal instanceof Refusal.RateExceeded rate) {
      return rateExceeded(rate.limit(), headers, requestId);
    }
    if (refusal instanceof Refusal.ConcurrencyExceeded running) {
      return concurrencyExceeded(running.limit(), headers, requestId);
    }
    if (refusal instanceof Refusal.EndUsersExceeded users) {
      return endUsersExceeded(users.limit(), headers, requestId);
    }
    if (refusal instanceof Refusal.QueueFull full) {
      retry.after(full.retryAfter(), headers);
      return error(
          busyStatus,
          ErrorBody.of(
                  "The queue of `"
                      + full.model()
                      + "` for QoS `"
                      + full.qos()
                      + "` is full: "
                      + Counted.of(full.waiting(), "request")
                      + (full.waiting() == 1 ? " waits, " : " wait, ")
                      + full.queueDepth()
                      + " may. Try again later.",
                  UNAVAILABLE,
                  "queue_full")
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.QueueTimedOut late) {
      retry.after(late.retryAfter(), headers);
      return error(
          busyStatus,
          ErrorBody.of(
                  "No capacity for `"
                      + late.model()
                      + "` came free for QoS `"
                      + late.qos()
                      + "` within "
                      + Durations.compact(late.waited())
                      + ". Try again later.",
                  UNAVAILABLE,
                  "queue_full")
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.Unserved unserved) {
      retry.never(headers);
      return error(
          503,
          ErrorBody.of(
                  "No deployment serves `"
                      + unserved.model()
                      + "` with QoS `"
                      + unserved.qos()
                      + "` at present. Tell your platform team.",
                  UNAVAILABLE,
                  "model_unserved")
              .param("model"),
          headers,
          requestId);
    }
    if (refusal instanceof Refusal.ShareExceeded share) {
      return shareExceeded(share, headers, requestId);
    }
    if (refusal instanceof Refusal.DecisionFailed) {
      return error(
          500,
          ErrorBody.of(
              "Sluice failed to decide about this request, so it was not run. Tell your platform"
                  + " team.",
              "server_error",
              "internal_error"),
          headers,
          requestId);
    }
    retry.after(Duration.ofSeconds(1), headers);
    return error(
        503,
        ErrorBody.of(
            "Your limits cannot be checked at present, so the request was not run. Try again.",
            UNAVAILABLE,
            "limits_unavailable"),
        headers,
        requestId);
  }

  /** The answer to a question about a key or its models that nobody can answer now. */
  public Answer unanswered(String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    retry.after(Duration.ofSeconds(1), headers);
    return error(
        503,
        ErrorBody.of(
            "Your key cannot be checked at present. Try again.", UNAVAILABLE, "limits_unavailable"),
        headers,
        requestId);
  }

  /** The answer to a request for one model that does not exist for its caller. */
  public Answer modelNotFound(String model, String requestId) {
    return error(404, modelNotFound(model), Map.of(), requestId);
  }

  /** An answer with an error body. */
  public static Answer error(
      int status, ErrorBody error, Map<String, String> more, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("x-request-id", requestId);
    headers.putAll(more);
    return new Answer(status, headers, error.json(requestId), Optional.of(error));
  }

  private static Answer denied(
      String message, Refusal refusal, Map<String, String> headers, String requestId) {
    return error(
        403, ErrorBody.of(message, "permission_denied", refusal.reason()), headers, requestId);
  }

  private Answer maintenance(
      Refusal.ModelUnderMaintenance maintenance, Map<String, String> headers, String requestId) {
    String message = "The model `" + maintenance.model() + "` is under maintenance";
    if (maintenance.until().isEmpty()) {
      retry.never(headers);
      message += ".";
    } else {
      Duration left = Duration.between(clock.instant(), maintenance.until().get());
      retry.after(left, headers);
      // A plain HTTP client may wait for as long as it likes; the SDKs were told not to retry.
      headers.putIfAbsent("retry-after", Long.toString(left.toSeconds() + 1));
      message += " until " + maintenance.until().get() + ".";
    }
    return error(
        503,
        ErrorBody.of(message, UNAVAILABLE, "model_maintenance").param("model"),
        headers,
        requestId);
  }

  private Answer rateExceeded(EvaluatedLimit limit, Map<String, String> headers, String requestId) {
    return exceeded(
        limit,
        "Rate limit reached for %s: limit %s, used %d, requested 1. %s"
            .formatted(
                LimitWords.over(limit), LimitWords.allowed(limit), limit.used(), when(limit)),
        headers,
        requestId);
  }

  private String when(EvaluatedLimit limit) {
    return limit
        .retryAfter()
        .map(
            wait ->
                "Try again in "
                    + Durations.compact(wait)
                    + " (at "
                    + clock.instant().plus(wait).truncatedTo(ChronoUnit.SECONDS)
                    + ").")
        .orElse("No request is allowed.");
  }

  private Answer endUsersExceeded(
      EvaluatedLimit limit, Map<String, String> headers, String requestId) {
    return exceeded(
        limit,
        "Too many %s: limit %s, counted %d, and this request is of another. %s"
            .formatted(
                LimitWords.over(limit), LimitWords.allowed(limit), limit.used(), when(limit)),
        headers,
        requestId);
  }

  private Answer concurrencyExceeded(
      EvaluatedLimit limit, Map<String, String> headers, String requestId) {
    RateLimitHeaders.add(limit, headers);
    String when =
        limit.retryAfter().isPresent()
            ? "Try again when one of them has ended."
            : "No request is allowed.";
    return exceeded(
        limit,
        "Concurrency limit reached for %s: limit %s, running %d, requested 1. %s"
            .formatted(LimitWords.over(limit), LimitWords.allowed(limit), limit.used(), when),
        headers,
        requestId);
  }

  /** How much is left of the limit nobody knows, so no header says it. */
  private Answer shareExceeded(
      Refusal.ShareExceeded refusal, Map<String, String> headers, String requestId) {
    retry.after(refusal.retryAfter(), headers);
    ScopedLimit limit = refusal.limit();
    return error(
        429,
        ErrorBody.of(
            "Limits are held by shares at present, because their store does not answer: the share"
                + " of %s of the limit of %s for %s is used up. Try again in %s."
                    .formatted(
                        refusal.share(),
                        LimitWords.allowed(limit),
                        LimitWords.over(limit),
                        Durations.compact(refusal.retryAfter())),
            "requests",
            "rate_limit_exceeded"),
        headers,
        requestId);
  }

  private Answer exceeded(
      EvaluatedLimit limit, String message, Map<String, String> headers, String requestId) {
    limit
        .retryAfter()
        .ifPresentOrElse(wait -> retry.after(wait, headers), () -> retry.never(headers));
    return error(429, ErrorBody.of(message, "requests", "rate_limit_exceeded"), headers, requestId);
  }

  private static ErrorBody boundExceeded(Refusal.BoundExceeded exceeded) {
    return ErrorBody.invalidRequest("Invalid " + LimitWords.of(exceeded), exceeded.reason())
        .param(exceeded.asked().field());
  }

  private static ErrorBody modelNotFound(String model) {
    return ErrorBody.invalidRequest(
            "The model `" + model + "` does not exist or you do not have access to it.",
            "model_not_found")
        .param("model");
  }

  private static String invalidKey(Refusal.InvalidKey key) {
    String shown = "*****" + key.lastFour();
    return switch (key.cause()) {
      case UNKNOWN ->
          "Incorrect API key provided: " + shown + ". Check it, or ask your platform team for one.";
      case REVOKED -> "The API key " + shown + " was revoked. Use another one.";
      case EXPIRED -> "The API key " + shown + " has expired. Use another one.";
      case ROTATED -> "The API key " + shown + " was rotated. Use the new one.";
      case OVER_AGE ->
          "The API key " + shown + " is older than your organization allows. Rotate it.";
      case ORGANIZATION_ARCHIVED ->
          "The API key " + shown + " belongs to an organization that is archived.";
      case PROJECT_ARCHIVED ->
          "The API key " + shown + " belongs to a project that is archived. Use another one.";
      case USER_ARCHIVED ->
          "The API key " + shown + " belongs to a user that is archived. Use another one.";
    };
  }
}
