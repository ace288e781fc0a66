package dev.sluice.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PublicPathsTest {
  private static final PublicPaths PATHS =
      new PublicPaths(List.of(new PathPattern("/healthz"), new PathPattern("/docs/*")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/healthz",
        "/healthz?",
        "/healthz?deep=1&next=/../..//v1;x",
        "/docs/",
        "/docs/a",
        "/docs/a/b.html",
        "/docs/.well-known/...",
        "/docs/%C3%A9t%C3%A9%20notes",
      })
  void include_whatIsListed(String target) {
    assertThat(PATHS.include(RequestPath.of(target))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "healthz",
        "/",
        "/healthz/",
        "/healthzz",
        "/Healthz",
        "/%68ealthz",
        "/docs",
        "/docsecret",
        "/v1/chat/completions",
        "/v1/chat/completions?x=/healthz",
        "http://host/healthz",
        "//healthz",
        "/./healthz",
        "/healthz;x",
        "/healthz#/v1",
        "/docs//a",
        "/docs/..",
        "/docs/../v1/chat/completions",
        "/docs/./a",
        "/docs/.",
        "/docs/%2e%2e/v1/chat/completions",
        "/docs/.%2E/v1",
        "/docs/%252e%252e/v1",
        "/docs/..%2fv1",
        "/docs/..%5Cv1",
        "/docs/..\\v1",
        "/docs/..;/v1",
        "/docs/..%3b/v1",
        "/docs/a%00",
        "/docs/a%0d%0ax",
        "/docs/a%",
        "/docs/a%zz",
        "/docs/a b",
        "/docs/\u00e9",
        "/docs/\u202e",
      })
  void include_neverWhatAnotherServerMightReadOtherwise(String target) {
    assertThat(PATHS.include(RequestPath.of(target))).isFalse();
  }

  /** Whatever a server does to such a path that decodes it once or twice: it stays below /docs/. */
  @Property(tries = 2000)
  void include_anythingBelow_staysBelowHoweverItIsDecoded(
      @ForAll
          @Chars({'.', '/', '%', '2', 'e', 'f', '5', 'c', 'C', 'a', ';', '\\'})
          @StringLength(max = 12)
          String rest) {
    if (PATHS.include(RequestPath.of("/docs/" + rest))) {
      String once = decoded("/docs/" + rest);
      for (String read : List.of("/docs/" + rest, once, decoded(once))) {
        assertThat(java.nio.file.Path.of(read).normalize().toString() + "/").startsWith("/docs/");
        assertThat(read).doesNotContain("//", "\\", ";");
      }
    }
  }

  private static String decoded(String path) {
    String decoded = path;
    for (String[] pair :
        new String[][] {{"%2e", "."}, {"%2f", "/"}, {"%5c", "\\"}, {"%25", "%"}, {"%3b", ";"}}) {
      decoded =
          decoded.replaceAll("(?i)" + pair[0], java.util.regex.Matcher.quoteReplacement(pair[1]));
    }
    return decoded;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "healthz",
        "/*",
        "/a*",
        "/a/*/b",
        "/a?b",
        "//a",
        "/a/../b",
        "/a;b",
        "/a%2fb/*"
      })
  void pattern_thatWouldBeDangerousOrInVain_isRefused(String text) {
    assertThatThrownBy(() -> new PathPattern(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void none_includeNothing() {
    assertThat(new PublicPaths(List.of()).include(RequestPath.of("/healthz"))).isFalse();
  }
}
