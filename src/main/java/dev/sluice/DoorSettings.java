package dev.sluice;

import java.util.Locale;

/** What the settings of the doors are called, for those who have to change one. */
enum DoorSettings {
  /** Of Sluice: in the file, and their variables. */
  SLUICE {
    @Override
    String setting(String door, String field) {
      String variable = (door + "_" + field).toUpperCase(Locale.ROOT);
      return "%s.%s (SLUICE_%s)".formatted(door, field, variable);
    }
  },

  /** The variables of envoyproxy/ratelimit. */
  REFERENCE {
    @Override
    String setting(String door, String field) {
      return switch (door) {
        case "http" -> field.toUpperCase(Locale.ROOT);
        case "metrics" -> "PROMETHEUS_ADDR";
        default -> (door + "_" + field).toUpperCase(Locale.ROOT);
      };
    }
  };

  /**
   * The name of a setting.
   *
   * @param field {@code host} or {@code port}
   */
  abstract String setting(String door, String field);
}
