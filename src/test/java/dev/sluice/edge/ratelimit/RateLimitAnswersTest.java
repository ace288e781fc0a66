package dev.sluice.edge.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.edge.ratelimit.RateLimitAnswers.HeaderNames;
import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.Metadata;
import dev.sluice.ratelimit.Verdict;
import dev.sluice.ratelimit.Verdict.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RateLimitAnswersTest {
  private static final RateLimitAnswers HEADERS =
      new RateLimitAnswers(Optional.of(new HeaderNames("x-limit", "x-left", "x-reset")), false);
  private static final RateLimitAnswers METADATA = new RateLimitAnswers(Optional.empty(), true);

  @Test
  void response_headers_tellTheTightestLimit() {
    RateLimitResponse response =
        HEADERS.response(
            RateLimitRequest.getDefaultInstance(), verdict(ok(60, 7), Metadata.Fields.NONE));

    assertThat(response.getResponseHeadersToAddList())
        .extracting(HeaderValue::getKey, HeaderValue::getValue)
        .containsExactly(tuple("x-limit", "10"), tuple("x-left", "7"), tuple("x-reset", "26"));
  }

  @Test
  void response_noLimit_hasNoHeaders() {
    Verdict verdict = new Verdict(false, List.of(), Optional.empty());

    assertThat(
            HEADERS
                .response(RateLimitRequest.getDefaultInstance(), verdict)
                .getResponseHeadersToAddCount())
        .isZero();
  }

  @Test
  void response_plain_hasNeitherHeadersNorMetadata() {
    RateLimitResponse response =
        RateLimitAnswers.PLAIN.response(
            RateLimitRequest.newBuilder().setDomain("d").build(),
            verdict(ok(60, 7), new Metadata.Fields(Map.of("a", new Metadata.Text("b")))));

    assertThat(response.getResponseHeadersToAddCount()).isZero();
    assertThat(response.hasDynamicMetadata()).isFalse();
  }

  @Test
  void response_aPeriodWithoutAName_isOfNoUnit() {
    RateLimitResponse response =
        RateLimitAnswers.PLAIN.response(
            RateLimitRequest.getDefaultInstance(), verdict(ok(90, 7), Metadata.Fields.NONE));

    assertThat(response.getStatuses(0).getCurrentLimit().getUnitValue()).isZero();
    assertThat(response.getStatuses(0).getDurationUntilReset().getSeconds()).isEqualTo(26);
  }

  @Test
  void response_dynamicMetadata_tellsWhatWasAskedAndTheMetadataOfWhatPassed() throws Exception {
    RateLimitRequest.Builder request =
        RateLimitRequest.newBuilder().setDomain("d").setHitsAddend(5);
    request
        .addDescriptorsBuilder()
        .setHitsAddend(UInt64Value.of(3))
        .addEntriesBuilder()
        .setKey("k")
        .setValue("v");
    request.addDescriptorsBuilder().getLimitBuilder().setRequestsPerUnit(9).setUnitValue(2);
    request.addDescriptorsBuilder().getLimitBuilder().setUnitValue(7);
    Metadata.Fields first =
        new Metadata.Fields(
            Map.of(
                "team",
                new Metadata.Text("one"),
                "in",
                new Metadata.Fields(Map.of("a", new Metadata.Numeric(1)))));
    Metadata.Fields second =
        new Metadata.Fields(
            Map.of(
                "team",
                new Metadata.Text("two"),
                "in",
                new Metadata.Fields(
                    Map.of("b", new Metadata.Items(List.of(new Metadata.Truth(true)))))));
    Metadata.Fields refused = new Metadata.Fields(Map.of("no", new Metadata.Nothing()));
    Verdict verdict =
        new Verdict(
            true,
            List.of(
                status(false, first),
                status(false, second),
                status(true, refused),
                status(false, Metadata.Fields.NONE)),
            Optional.empty());

    String json =
        JsonFormat.printer()
            .omittingInsignificantWhitespace()
            .sortingMapKeys()
            .print(METADATA.response(request.build(), verdict).getDynamicMetadata());

    assertThat(json)
        .isEqualTo(
            "{\"descriptors\":[{\"entries\":[\"k\\u003dv\"],\"hitsAddend\":3.0},"
                + "{\"entries\":[],\"limit\":\"requests_per_unit:9 unit:MINUTE\"},"
                + "{\"entries\":[],\"limit\":\"unit:7\"}],"
                + "\"domain\":\"d\",\"hitsAddend\":5.0,"
                + "\"metadata\":{\"in\":{\"a\":1.0,\"b\":[true]},\"team\":\"one\"}}");
  }

  private static Status ok(int seconds, long remaining) {
    return new Status(
        false,
        Optional.of(new Limit(10, seconds, Algorithm.FIXED, "")),
        remaining,
        26,
        Metadata.Fields.NONE);
  }

  private static Status status(boolean over, Metadata.Fields metadata) {
    return new Status(over, Optional.empty(), 0, 0, metadata);
  }

  private static Verdict verdict(Status status, Metadata.Fields metadata) {
    Status with =
        new Status(
            status.overLimit(),
            status.limit(),
            status.remaining(),
            status.secondsUntilReset(),
            metadata);
    return new Verdict(false, List.of(with), Optional.of(with));
  }
}
