package dev.sluice.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** An error as the vendor's API words it. */
record ApiError(
    int status, String type, String message, Optional<String> param, Optional<String> code) {

  static ApiError invalid(String message, String param) {
    return new ApiError(
        400, "invalid_request_error", message, Optional.of(param), Optional.of("invalid_type"));
  }

  static ApiError invalidBody(String message) {
    return new ApiError(400, "invalid_request_error", message, Optional.empty(), Optional.empty());
  }

  static ApiError modelNotFound(String model) {
    return new ApiError(
        404,
        "invalid_request_error",
        "The model `" + model + "` does not exist or you do not have access to it.",
        Optional.of("model"),
        Optional.of("model_not_found"));
  }

  static ApiError bodyTooLarge(int maxBytes) {
    return new ApiError(
        413,
        "invalid_request_error",
        "The request body is larger than " + maxBytes + " bytes.",
        Optional.empty(),
        Optional.of("request_too_large"));
  }

  static ApiError unknownPath(String method, String path) {
    return new ApiError(
        404,
        "invalid_request_error",
        "Unknown request URL: " + method + " " + path + ".",
        Optional.empty(),
        Optional.of("unknown_url"));
  }

  static ApiError tooManyWaiting(int waiting) {
    return new ApiError(
        503,
        "service_unavailable_error",
        waiting + " requests wait for a slot already.",
        Optional.empty(),
        Optional.of("queue_full"));
  }

  static ApiError unexpected() {
    return new ApiError(
        500,
        "server_error",
        "The server had an error while processing your request.",
        Optional.empty(),
        Optional.of("internal_error"));
  }

  static ApiError simulated(int status) {
    String message = "Simulated error " + status + ".";
    if (status == 503) {
      return new ApiError(
          status,
          "service_unavailable_error",
          message,
          Optional.empty(),
          Optional.of("server_is_overloaded"));
    }
    if (status == 429) {
      return new ApiError(
          status, "requests", message, Optional.empty(), Optional.of("rate_limit_exceeded"));
    }
    String type = status >= 500 ? "server_error" : "invalid_request_error";
    return new ApiError(status, type, message, Optional.empty(), Optional.empty());
  }

  ObjectNode toJson(String requestId) {
    ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    ObjectNode error = envelope.putObject("error");
    error.put("message", message).put("type", type);
    param.ifPresentOrElse(value -> error.put("param", value), () -> error.putNull("param"));
    code.ifPresentOrElse(value -> error.put("code", value), () -> error.putNull("code"));
    return envelope.put("request_id", requestId);
  }
}
