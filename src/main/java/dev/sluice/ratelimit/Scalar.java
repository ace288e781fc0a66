package dev.sluice.ratelimit;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A scalar as the reference's parser, Go's yaml.v2, takes it: {@code 1:30} is a text and {@code
 * 1e3} a fraction, where SnakeYAML sees a number in base 60 and a text.
 */
record Scalar(Kind kind, String text) {
  enum Kind {
    TEXT,
    INTEGER,
    FRACTION,
    TRUTH,
    NOTHING
  }

  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern FRACTIONAL =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final Pattern INTEGRAL =
      Pattern.compile(
          "(?<sign>[-+]?)(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<binary>[01]+)|0[oO]?(?<octal>[0-7]+)"
              + "|(?<decimal>[1-9][0-9]*)|0)");
  private static final List<Base> BASES =
      List.of(
          new Base("decimal", 10),
          new Base("octal", 8),
          new Base("hex", 16),
          new Base("binary", 2));
  private static final Resolver RESOLVER = new Resolver();

  static Scalar of(ScalarNode node) {
    String text = node.getValue();
    return new Scalar(isText(node) ? Kind.TEXT : plain(text), text);
  }

  private static boolean isText(ScalarNode node) {
    boolean tagged = !node.getTag().equals(RESOLVER.resolve(NodeId.scalar, node.getValue(), true));
    return node.getScalarStyle() != ScalarStyle.PLAIN || (tagged && node.getTag().equals(Tag.STR));
  }

  private static Kind plain(String text) {
    if (NULL.contains(text)) {
      return Kind.NOTHING;
    } else if (TRUE.contains(text) || FALSE.contains(text)) {
      return Kind.TRUTH;
    } else if (integer(text).isPresent()) {
      return Kind.INTEGER;
    }
    return FRACTIONAL.matcher(text).matches() ? Kind.FRACTION : Kind.TEXT;
  }

  boolean isTrue() {
    return kind == Kind.TRUTH && TRUE.contains(text);
  }

  Optional<BigInteger> integer() {
    return kind == Kind.INTEGER ? integer(text) : Optional.empty();
  }

  /** Underscores anywhere, and the base in front: a mere 0 is that of octal numbers. */
  private static Optional<BigInteger> integer(String text) {
    Matcher number = INTEGRAL.matcher(text.replace("_", ""));
    if (!number.matches()) {
      return Optional.empty();
    }
    for (Base base : BASES) {
      String digits = number.group(base.group);
      if (digits != null) {
        BigInteger value = new BigInteger(digits, base.radix);
        return Optional.of("-".equals(number.group("sign")) ? value.negate() : value);
      }
    }
    return Optional.of(BigInteger.ZERO);
  }

  private record Base(String group, int radix) {}
}
