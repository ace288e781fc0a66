package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.RedisAddress;
import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What check-config accepts, serve connects to. */
final class RedisNodesProperties {
  @Property(tries = 20_000)
  void parse_whateverTheConfigurationAccepts_isReadAsItStands(@ForAll("urls") Url url) {
    if (RedisAddress.parse(url.text()).isPresent()) {
      RedisNodes nodes = RedisNodes.parse(url.text());

      assertThat(nodes.all().stream().flatMap(RedisNodesProperties::servers))
          .hasSameSizeAs(url.hosts.split(","))
          .allSatisfy(
              node -> {
                assertThat(node.getHost()).matches("[a-z.]+|10\\.0\\.0\\.1|\\[::1]");
                assertThat(node.getPort()).isIn(1, 65_535, 6_379, 26_379);
              });
    }
  }

  private static Stream<RedisURI> servers(RedisURI uri) {
    List<RedisURI> sentinels = uri.getSentinels();
    return sentinels.isEmpty() ? Stream.of(uri) : sentinels.stream();
  }

  record Url(String scheme, String credentials, String hosts, String rest) {
    String text() {
      return scheme + "://" + credentials + hosts + rest;
    }
  }

  @Provide
  Arbitrary<Url> urls() {
    Arbitrary<String> schemes =
        Arbitraries.of("redis", "rediss", "redis-sentinel", "redis+cluster", "rediss+cluster");
    Arbitrary<String> credentials =
        Arbitraries.of(
            "", "", "u:p@", ":p@", "p@", "@", "u:a%40b@", "u:a@b@", "u:%@", "u:[@", "a,b@");
    Arbitrary<String> hosts =
        Combinators.combine(
                Arbitraries.of("h", "h.example", "10.0.0.1", "[::1]", "[::::]", "a_b", "-h", "h.1"),
                Arbitraries.of("", ":1", ":65535", ":65536", ":0", ":", ":99999999999", ":x"))
            .as(String::concat)
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(list -> String.join(",", list));
    Arbitrary<String> rest =
        Combinators.combine(
                Arbitraries.of("", "/", "/0", "/2147483647", "/2147483648", "/99999999999"),
                Arbitraries.of(
                    "",
                    "?timeout=1s",
                    "?timeout=999999999d",
                    "?verifyPeer=FULL",
                    "?verifyPeer=x",
                    "?database=x",
                    "?a=b,c",
                    "?a@b",
                    "?clientName=a"),
                Arbitraries.of("", "#m", "#a b", "#%"))
            .as((database, query, master) -> database + query + master);
    return Combinators.combine(schemes, credentials, hosts, rest).as(Url::new);
  }
}
