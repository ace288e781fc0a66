package dev.sluice.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code name:value} or {@code name=value}, several with commas in between. */
final class NameValuePairs {
  private NameValuePairs() {}

  /**
   * None when the field is absent, or wrong, which is reported.
   *
   * @param name what a name may be
   */
  static Map<String, String> read(Field field, Pattern name) {
    return field.value("name:value,name:value", text -> pairs(text, name)).orElse(Map.of());
  }

  private static Optional<Map<String, String>> pairs(String text, Pattern name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      String[] parts = pair.strip().split("[:=]", 2);
      if (parts.length < 2 || !name.matcher(parts[0].strip()).matches()) {
        return Optional.empty();
      }
      pairs.put(parts[0].strip(), parts[1].strip());
    }
    return Optional.of(pairs);
  }
}
