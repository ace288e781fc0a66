package dev.sluice.comparison;

import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Wherever the two servers differ on purpose: turns what envoyproxy/ratelimit tells into what
 * Sluice has to tell in its place. Whatever else differs is a fault. Single requests that the two
 * answer otherwise are in {@code differences.yaml} beside the situations; the reasons of all are in
 * docs/moving-from-envoyproxy-ratelimit.md.
 *
 * @param environment of both servers
 */
record Differences(Map<String, String> environment) {
  /** A rule in quota mode has a name that begins so: nothing else in an answer tells. */
  static final String QUOTA = "quota";

  /** A refusal at {@code /json} says what was wrong, instead of {@code Bad Request}. */
  Answer answer(Answer reference) {
    if (reference.response().isEmpty()) {
      boolean json = reference.status().startsWith("400 ");
      return json ? Answer.failed("400") : reference;
    }
    RateLimitResponse response = withoutQuotas(singleSpaced(reference.response().get()));
    String status = reference.status();
    if (!status.equals("OK")) {
      status = response.getOverallCode() == Code.OVER_LIMIT ? "429" : "200";
    }
    return new Answer(status, Optional.of(response));
  }

  /** See {@link #answer}. */
  static Answer own(Answer sluice) {
    return sluice.response().isEmpty() && sluice.status().startsWith("400 ")
        ? Answer.failed("400")
        : sluice;
  }

  /** Go's text of a limit has one space or two, by the build of the program. */
  private static RateLimitResponse singleSpaced(RateLimitResponse reference) {
    RateLimitResponse.Builder spaced = reference.toBuilder();
    if (reference.hasDynamicMetadata()) {
      Value.Builder descriptors =
          reference.getDynamicMetadata().getFieldsOrThrow("descriptors").toBuilder();
      for (Value.Builder descriptor : descriptors.getListValueBuilder().getValuesBuilderList()) {
        Struct.Builder its = descriptor.getStructValueBuilder();
        if (its.containsFields("limit")) {
          String limit = its.getFieldsOrThrow("limit").getStringValue().replaceAll(" +", " ");
          its.putFields("limit", Value.newBuilder().setStringValue(limit).build());
        }
      }
      spaced.getDynamicMetadataBuilder().putFields("descriptors", descriptors.build());
    }
    return spaced.build();
  }

  /** A page that says no says why. */
  static String page(String told) {
    return told.startsWith("200 ") ? told : told.substring(0, 3);
  }

  /** What an unlimited rule says of requests means nothing, and is not shown. */
  static List<String> rules(List<String> reference) {
    return reference.stream()
        .map(
            line ->
                line.replaceFirst(
                    ": unit=UNKNOWN requests_per_unit=\\d+,",
                    ": unit=UNKNOWN requests_per_unit=0,"))
        .toList();
  }

  /** What only the global shadow mode let pass: later versions count quotas there, as Sluice. */
  boolean shadowsQuotas(Situation situation) {
    return "true".equals(environment.get("SHADOW_MODE"))
        && ("true".equals(environment.get("QUOTA_MODE"))
            || situation.rules().contains("quota_mode"));
  }

  /** Limits that requests bring have one series a domain, and not one each. */
  static boolean namedOtherwise(Situation situation) {
    return Stream.concat(situation.requests().stream(), situation.bodies().stream())
        .anyMatch(request -> request.contains("\"limit\""));
  }

  /**
   * The version that is built here never refuses by a quota, and tells in the dynamic metadata
   * which were over. Later ones refuse when all quotas of a request are over, as Sluice does.
   */
  private RateLimitResponse withoutQuotas(RateLimitResponse reference) {
    RateLimitResponse.Builder later = reference.toBuilder();
    if (reference.hasDynamicMetadata()) {
      Struct metadata = reference.getDynamicMetadata();
      ListValue violations =
          metadata
              .getFieldsOrDefault("quotaModeViolations", Value.getDefaultInstance())
              .getListValue();
      for (Value place : violations.getValuesList()) {
        later
            .getStatusesBuilder((int) place.getNumberValue())
            .setCode(Code.OVER_LIMIT)
            .setDurationUntilReset(Duration.getDefaultInstance());
      }
      later
          .getDynamicMetadataBuilder()
          .removeFields("quotaModeViolations")
          .removeFields("quotaModeEnabled");
    }
    boolean refused = later.getStatusesList().stream().anyMatch(each -> over(each) && !quota(each));
    boolean quotasOver =
        later.getStatusesList().stream().anyMatch(this::quota)
            && later.getStatusesList().stream().filter(this::quota).allMatch(Differences::over);
    boolean shadow = "true".equals(environment.get("SHADOW_MODE"));
    return later
        .setOverallCode((refused || quotasOver) && !shadow ? Code.OVER_LIMIT : Code.OK)
        .build();
  }

  private static boolean over(DescriptorStatus status) {
    return status.getCode() == Code.OVER_LIMIT;
  }

  /** Where every rule is one, so is what met no rule; what has no limit is none. */
  private boolean quota(DescriptorStatus status) {
    boolean unlimited = !status.hasCurrentLimit() && status.getLimitRemaining() != 0;
    return status.getCurrentLimit().getName().startsWith(QUOTA)
        || ("true".equals(environment.get("QUOTA_MODE")) && !unlimited);
  }

  /** To only look makes no key in Redis. */
  static Map<String, Counter> counters(Map<String, Counter> reference) {
    Map<String, Counter> counted = new TreeMap<>(reference);
    counted.values().removeIf(counter -> counter.value() == 0);
    return counted;
  }

  /**
   * Domains without rules count together, because clients choose their names; and what is not about
   * rate limits is that of a program in Go.
   */
  static Map<String, Long> statistics(Map<String, Long> reference) {
    String notFound = ".domain_not_found";
    String together = "ratelimit.service.rate_limit" + notFound;
    Map<String, Long> as = new TreeMap<>();
    reference.forEach(
        (name, value) -> as.merge(name.endsWith(notFound) ? together : name, value, Long::sum));
    as.keySet()
        .removeIf(
            name ->
                !name.startsWith("ratelimit.service.")
                    && !name.equals("ratelimit_server.ShouldRateLimit.total_requests"));
    return as;
  }
}
