package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Sluice answers otherwise than the real envoyproxy/ratelimit, on purpose: that they still
 * differ, each in its way, and that the page for those who move says so.
 */
class DifferencesIT {
  private static final Path PAGE = Path.of("docs/moving-from-envoyproxy-ratelimit.md");

  @TempDir private Path folder;

  /**
   * A request that the two answer otherwise.
   *
   * @param said in the page, with the reason
   */
  private record Difference(String said, Situation asked, List<String> told, List<String> ours) {}

  private static Difference difference(
      String said, String rules, String request, List<String> told, List<String> ours) {
    return new Difference(
        said,
        new Situation(
            said,
            Situation.file(said),
            rules,
            ShortRequest.all(rules, List.of(request)),
            List.of()),
        told,
        ours);
  }

  private static String limited(String domain, String descriptor) {
    return "domain: " + domain + "\ndescriptors:\n- " + descriptor + "\n";
  }

  private static String request(String domain, String more) {
    return "{\"domain\": \"" + domain + "\", " + more + "}";
  }

  @Test
  void answers_thatDifferOnPurpose_doSo_andThePageSaysWhy() throws Exception {
    String many = "{\"entries\": [{\"key\": \"x\"}]}, ".repeat(1000) + "{}";
    List<Difference> all =
        List.of(
            difference(
                "a `*` that is not at the end",
                limited("star", "{key: k, value: a*b, rate_limit: {unit: day}}"),
                "k=axb",
                List.of("OK"),
                List.of("OVER_LIMIT")),
            difference(
                "A quota refuses",
                limited("quota", "{key: k, quota_mode: true, rate_limit: {unit: day}}"),
                "k=1",
                List.of("OK"),
                List.of("OVER_LIMIT")),
            difference(
                "A `hits_addend` of 2^31 or more",
                limited("hits", "{key: k, rate_limit: {unit: day}}"),
                request(
                    "hits",
                    "\"hitsAddend\": 2147483648, \"descriptors\": [{\"entries\": [{\"key\":"
                        + " \"k\"}]}]"),
                List.of("OVER_LIMIT"),
                List.of("UNKNOWN: hits_addend must be less than 2147483648, but is 2147483648")),
            difference(
                "More than 1,000 descriptors",
                limited("many", "{key: k, rate_limit: {unit: day}}"),
                request("many", "\"descriptors\": [" + many + "]"),
                List.of("OK"),
                List.of("UNKNOWN: more than 1000 descriptors in one request")));

    Comparison.with(
        folder,
        new Situations(Map.of(), all.stream().map(Difference::asked).toList()),
        (reference, sluice) -> {
          for (Difference each : all) {
            assertThat(codes(reference, each.asked)).as(each.said).isEqualTo(each.told);
            assertThat(codes(sluice, each.asked)).as(each.said).isEqualTo(each.ours);
          }
        });
    assertThat(Files.readString(PAGE)).contains(all.stream().map(Difference::said).toList());
  }

  private static List<String> codes(Peer peer, Situation situation) {
    List<String> codes = new ArrayList<>();
    for (String json : situation.requests()) {
      Answer answer = peer.ask(Situation.request(json));
      codes.add(
          answer
              .response()
              .map(response -> response.getOverallCode().name())
              .orElse(answer.status()));
    }
    return codes;
  }

  @Test
  void unitThatIsNone_endsTheOther_andIsAnErrorHere() throws Exception {
    String rules = limited("unit", "{key: k}");
    Situation situation = new Situation("unit", "unit.yaml", rules, List.of(), List.of());
    RateLimitRequest request =
        Situation.request(
            request(
                "unit",
                "\"descriptors\": [{\"entries\": [{\"key\": \"k\"}], \"limit\":"
                    + " {\"requestsPerUnit\": 1}}]"));

    Comparison.with(
        folder,
        new Situations(Map.of(), List.of(situation)),
        (reference, sluice) -> {
          assertThat(sluice.ask(request).status()).startsWith("UNKNOWN: a descriptor's limit has");
          assertThat(reference.ask(request).status()).startsWith("UNAVAILABLE");
        });
    assertThat(Files.readString(PAGE)).contains("An unknown unit");
  }

  @Test
  void numberForAText_isRefusedByTheOther_andTakenHere() throws Exception {
    String rules = limited("text", "{key: k, rate_limit: {unit: day}}");
    Situation situation = new Situation("text", "text.yaml", rules, List.of(), List.of());
    String body =
        request("text", "\"descriptors\": [{\"entries\": [{\"key\": \"k\", \"value\": 5}]}]");

    Comparison.with(
        folder,
        new Situations(Map.of(), List.of(situation)),
        (reference, sluice) -> {
          assertThat(reference.post(body).status()).startsWith("400");
          assertThat(sluice.post(body).status()).isEqualTo("429");
        });
    assertThat(Files.readString(PAGE)).contains("A number where a text is expected");
  }

  @Test
  void redisThatIsAway_isTheSameErrorForACaller_ofBoth() {
    String rules = limited("away", "{key: k, rate_limit: {unit: day, requests_per_unit: 9}}");
    Situation situation = new Situation("away", "away.yaml", rules, List.of(), List.of());
    String json = request("away", "\"descriptors\": [{\"entries\": [{\"key\": \"k\"}]}]");

    Comparison.with(
        folder,
        new Situations(Map.of(), List.of(situation)),
        (reference, sluice) -> {
          for (Peer peer : List.of(reference, sluice)) {
            peer.loseRedis();
            assertThat(peer.ask(Situation.request(json)).status()).startsWith("UNKNOWN: ");
            assertThat(peer.post(json).status()).startsWith("400 ");
            assertThat(peer.health()).isEqualTo("SERVING");
          }
        });
  }
}
