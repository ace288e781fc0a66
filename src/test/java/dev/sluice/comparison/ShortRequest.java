package dev.sluice.comparison;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How files of situations say what most requests are: {@code 3 x a=1,b=2; c=}, three times two
 * descriptors, for the domain of the rules. What begins with a brace is a whole request instead.
 */
final class ShortRequest {
  private static final Pattern TIMES = Pattern.compile("(?s)(?:(\\d+) x )?(.*)");

  private ShortRequest() {}

  static List<String> all(String rules, List<?> texts) {
    Matcher domain = Comparison.DOMAIN.matcher(rules);
    String asked = domain.find() ? domain.group(1).strip() : "nowhere";
    List<String> all = new ArrayList<>();
    for (Object text : texts) {
      Matcher matcher = TIMES.matcher(String.valueOf(text));
      if (!matcher.matches()) {
        throw new IllegalArgumentException("no request: " + text);
      }
      int times = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
      String once = matcher.group(2);
      String json = once.startsWith("{") ? once : request(asked, once);
      for (int i = 0; i < times; i++) {
        all.add(json);
      }
    }
    return all;
  }

  private static String request(String domain, String text) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("domain", domain);
    ArrayNode descriptors = request.putArray("descriptors");
    for (String descriptor : text.split("; ", -1)) {
      ArrayNode entries = descriptors.addObject().putArray("entries");
      for (String entry : descriptor.split(",", -1)) {
        String[] parts = entry.split("=", 2);
        entries.addObject().put("key", parts[0]).put("value", parts.length > 1 ? parts[1] : "");
      }
    }
    return request.toString();
  }
}
