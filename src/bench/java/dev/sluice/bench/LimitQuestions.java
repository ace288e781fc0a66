package dev.sluice.bench;

import dev.sluice.bench.EdgeTarget.Kind;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What Envoy asks {@code ratelimit}. */
final class LimitQuestions implements Questions<RateLimitRequest, RateLimitResponse> {
  /** The rules that whoever answers must have. */
  static final String RULES =
      """
      domain: bench
      descriptors:
      - key: hot
        rate_limit: {unit: hour, requests_per_unit: 4000000000}
      - key: client
        rate_limit: {unit: minute, requests_per_unit: 4000000000}
      - key: organization
        rate_limit: {unit: hour, requests_per_unit: 4000000000}
      - key: model
        rate_limit: {unit: hour, requests_per_unit: 4000000000}
      - key: spent
        rate_limit: {unit: day, requests_per_unit: 1}
      """;

  /** The counters in Redis of {@link #organizations}, as a pattern. */
  static final String ORGANIZATION_KEYS = "bench_organization_*";

  private static final int CLIENTS = 10_000;
  private static final int ORGANIZATIONS = 100;
  private static final long LIMIT = 4_000_000_000L;

  private final List<RateLimitRequest> requests;
  private final Code expected;
  private final Kind target;
  private boolean firstHit = true;

  private LimitQuestions(
      int count, IntFunction<RateLimitRequest> request, Code expected, Kind target) {
    this.requests = IntStream.range(0, count).mapToObj(request).toList();
    this.expected = expected;
    this.target = target;
  }

  static LimitQuestions hotKey(Kind target) {
    return new LimitQuestions(1, i -> request(descriptor("hot", "yes")), Code.OK, target);
  }

  static LimitQuestions manyKeys(Kind target) {
    return new LimitQuestions(
        CLIENTS, i -> request(descriptor("client", client(i))), Code.OK, target);
  }

  /** Their window does not end before anybody has looked at what was counted. */
  static LimitQuestions organizations(Kind target) {
    return new LimitQuestions(
        ORGANIZATIONS, i -> request(descriptor("organization", organization(i))), Code.OK, target);
  }

  static LimitQuestions threeDescriptors(Kind target) {
    return new LimitQuestions(
        CLIENTS,
        i ->
            request(
                descriptor("client", client(i)),
                descriptor("organization", organization(i)),
                descriptor("model", "model-" + i % 10)),
        Code.OK,
        target);
  }

  static LimitQuestions overLimit(Kind target) {
    return new LimitQuestions(
        1,
        i -> request(descriptor("spent", "yes")),
        target == Kind.NO_OP ? Code.OK : Code.OVER_LIMIT,
        target);
  }

  private static String client(int index) {
    return "10.0." + index / 256 + "." + index % 256;
  }

  private static String organization(int index) {
    return "organization-" + index % ORGANIZATIONS;
  }

  private static RateLimitRequest request(RateLimitDescriptor... descriptors) {
    return RateLimitRequest.newBuilder()
        .setDomain("bench")
        .addAllDescriptors(List.of(descriptors))
        .build();
  }

  private static RateLimitDescriptor descriptor(String key, String value) {
    return RateLimitDescriptor.newBuilder()
        .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(key).setValue(value))
        .build();
  }

  @Override
  public int count() {
    return requests.size();
  }

  @Override
  public RateLimitRequest question(int index) {
    return requests.get(index);
  }

  @Override
  public Optional<String> wrong(int index, RateLimitResponse answer) {
    boolean right =
        answer.getOverallCode() == expected
            && answer.getStatusesCount() == requests.get(index).getDescriptorsCount()
            && (target == Kind.NO_OP || answer.getStatusesList().stream().allMatch(this::counted));
    if (!right && expected == Code.OVER_LIMIT && firstHit) {
      // Within the limit of one, or the day has changed.
      firstHit = false;
      return Optional.empty();
    }
    return right ? Optional.empty() : Optional.of(answer.toString());
  }

  /** This hit at least. */
  private boolean counted(DescriptorStatus status) {
    long remaining = Integer.toUnsignedLong(status.getLimitRemaining());
    return status.hasCurrentLimit()
        && (expected == Code.OVER_LIMIT ? remaining == 0 : remaining < LIMIT);
  }
}
