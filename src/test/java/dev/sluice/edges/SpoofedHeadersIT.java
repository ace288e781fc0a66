package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyIssuer;
import dev.sluice.account.Network;
import dev.sluice.account.RecordKind;
import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client writes into its headers gets nobody in, and charges nobody else. */
class SpoofedHeadersIT {
  private static final int LIMIT = 1000;

  @TempDir private static Path folder;
  private static Edges edges;

  /** Whom the client pretends to be, and who it is; at each way users of their own. */
  private KeyIssuer.Issued victim;

  private String bearer;

  @BeforeAll
  static void start() {
    edges = new Edges(folder, Tiers.SAMBASTACK);
  }

  @AfterAll
  static void stop() {
    edges.close();
  }

  private void meet(Way way) {
    way.stack().backend(0).clearRecords();
    int number = new SecureRandom().nextInt(1_000_000_000);
    victim = way.stack().issue("victim-" + number, Optional.of("web"));
    bearer = "Bearer " + way.stack().key("client-" + number, "web");
  }

  @Test
  void headersOfSluice_withoutAKey_getNobodyIn() {
    for (Way way : edges.ways()) {
      meet(way);

      HttpResponse<String> response = way.chat("", "small", body("small"), ofTheVictim());

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(401);
      assertThat(way.stack().backend(0).records()).as("%s", way).isEmpty();
    }
  }

  @Test
  void headersOfSluice_besideAKey_chargeItsUserAndNobodyElse() {
    for (Way way : edges.ways()) {
      meet(way);

      HttpResponse<String> response = way.chat(bearer, "small", body("small"), ofTheVictim());

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(200);
      assertThat(remaining(way, bearer)).as("%s", way).isEqualTo(LIMIT - 2);
      assertThat(remaining(way, bearerOfVictim())).as("%s", way).isEqualTo(LIMIT - 1);
    }
  }

  @Test
  void proofOfAnother_vouchesForNobody() {
    for (Way way : edges.ways()) {
      meet(way);
      String proof = proof(way);

      HttpResponse<String> alone =
          way.chat("", "small", body("small"), "x-sluice-proof", proof, "x-sluice-proof", "x");
      HttpResponse<String> beside =
          way.chat(bearer, "small", body("small"), "x-sluice-proof", proof);

      assertThat(alone.statusCode()).as("%s: %s", way, alone.body()).isEqualTo(401);
      assertThat(beside.statusCode()).as("%s: %s", way, beside.body()).isEqualTo(200);
      assertThat(remaining(way, bearer)).as("%s", way).isEqualTo(LIMIT - 2);
      assertThat(remaining(way, bearerOfVictim())).as("%s", way).isEqualTo(LIMIT - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-forwarded-for: 10.1.2.3",
        "x-forwarded-for: 10.1.2.3, 10.1.2.3",
        "x-real-ip: 10.1.2.3",
        "forwarded: for=10.1.2.3",
        "x-envoy-external-address: 10.1.2.3",
        "x-envoy-original-dst-host: 10.1.2.3:80",
        "true-client-ip: 10.1.2.3",
        "x-original-forwarded-for: 10.1.2.3"
      })
  void addressInAHeader_ofAKeyForOtherNetworks_isNotBelieved(String header) {
    for (Way way : edges.ways()) {
      meet(way);
      way.stack()
          .change(
              RecordKind.KEY,
              victim.record().id(),
              key -> key.under(key.terms().withNetworks(Set.of(Network.parse("10.0.0.0/8")))));

      HttpResponse<String> response =
          way.chat(bearerOfVictim(), "small", body("small"), header.split(": ", 2));

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(403);
      assertThat(response.body()).as("%s", way).contains("key_network_not_allowed");
    }
  }

  @Test
  void keysOfTwo_inEitherOrder_getNobodyInAndChargeNobody() {
    for (Way way : edges.ways()) {
      meet(way);

      for (List<String> pair :
          List.of(List.of(bearer, bearerOfVictim()), List.of(bearerOfVictim(), bearer))) {
        int status =
            way.chat(pair.get(0), "small", body("small"), "authorization", pair.get(1))
                .statusCode();
        assertThat(status).as("%s", way).isIn(400, 401); // NGINX refuses them itself
        int joined =
            way.chat(pair.get(0) + ", " + pair.get(1), "small", body("small")).statusCode();
        assertThat(joined).as("%s", way).isEqualTo(401);
      }

      assertThat(way.stack().backend(0).records()).as("%s", way).isEmpty();
      assertThat(remaining(way, bearer)).as("%s", way).isEqualTo(LIMIT - 1);
      assertThat(remaining(way, bearerOfVictim())).as("%s", way).isEqualTo(LIMIT - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bearer %s", "BEARER %s", "bEaReR   %s", "Bearer %s  "})
  void oddCaseAndSpacing_ofBearer_isTheSameKey(String form) {
    for (Way way : edges.ways()) {
      meet(way);

      HttpResponse<String> response = way.chat(form.formatted(key(bearer)), "small", body("small"));

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(200);
      assertThat(remaining(way, bearer)).as("%s", way).isEqualTo(LIMIT - 2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "Bearer%s",
        "Bearer:%s",
        "Bearer \"%s\"",
        "Bearer %s x",
        "Bearer x %s",
        "Bearer Bearer %s",
        "Bearer %s,",
        "Basic %s",
        "Token %s",
        "ApiKey %s",
        "Bearer\u00a0%s",
        "Bearer %s\u00a0"
      })
  void whatIsNotBearerAndOneKey_getsNobodyIn(String form) {
    for (Way way : edges.ways()) {
      meet(way);

      HttpResponse<String> response = way.chat(form.formatted(key(bearer)), "small", body("small"));

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(401);
      assertThat(response.body()).as("%s", way).doesNotContain(key(bearer));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"api_key=%s", "key=%s", "access_token=%s", "authorization=Bearer%%20%s"})
  void keyInTheUrl_getsNobodyIn(String query) {
    for (Way way : edges.ways()) {
      meet(way);
      String url = way.url().apply("small");
      String with = url + (url.contains("?") ? "&" : "?") + query.formatted(key(bearer));

      HttpResponse<String> response =
          way.stack()
              .send(
                  HttpRequest.newBuilder(URI.create(with))
                      .POST(HttpRequest.BodyPublishers.ofString(body("small")))
                      .build());

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(401);
      assertThat(response.body()).as("%s", way).doesNotContain(key(bearer));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x-api-key", "api-key", "x-authorization", "proxy-authorization", "cookie"})
  void keyInAnotherHeader_getsNobodyIn(String header) {
    for (Way way : edges.ways()) {
      meet(way);

      HttpResponse<String> response = way.chat("", "small", body("small"), header, bearer);

      assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(401);
    }
  }

  /** A model that only an edge may name: the body of the request says another. */
  @Test
  void modelInAHeader_besideOneInTheBody_isNotObeyed() {
    for (Way way : edges.ways()) {
      if (way.seesBody()) {
        meet(way);

        HttpResponse<String> response =
            way.chat(bearer, "secret", body("secret"), "x-sluice-model", "small");

        assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(403);
      }
    }
  }

  private String[] ofTheVictim() {
    return new String[] {
      "x-sluice-organization",
      victim.record().organization(),
      "x-sluice-project",
      victim.record().project(),
      "x-sluice-user",
      victim.record().user(),
      "x-sluice-key",
      victim.record().id(),
      "x-sluice-tier",
      "web",
      "x-sluice-qos",
      "web",
      "X-Sluice-Status",
      "200",
      "x-sluice-admin",
      "true"
    };
  }

  /** What the edge in front of the gateway says of a request of the victim. */
  private String proof(Way way) {
    if (!way.queues()) {
      return "x";
    }
    Stack stack = way.stack();
    HttpResponse<String> answer =
        stack.send(
            HttpRequest.newBuilder(URI.create(stack.doors().http() + "/auth"))
                .header("authorization", bearerOfVictim())
                .header("x-original-method", "POST")
                .header("x-original-uri", "/v1/chat/completions")
                .build());
    return answer.headers().firstValue("x-sluice-proof").orElseThrow();
  }

  private String bearerOfVictim() {
    return "Bearer " + victim.text().reveal();
  }

  private static String key(String bearer) {
    return bearer.substring("Bearer ".length());
  }

  /** How much of the user's rate is left behind one more request. */
  private static int remaining(Way way, String bearer) {
    HttpResponse<String> response = way.chat(bearer, "small", body("small"));
    assertThat(response.statusCode()).as("%s: %s", way, response.body()).isEqualTo(200);
    return Integer.parseInt(
        response.headers().firstValue("x-ratelimit-remaining-requests").orElseThrow());
  }
}
