package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.config.SluiceConfig.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The ports of all doors, of which no two may be one. */
final class Ports {
  private static final Set<String> ALL_ADDRESSES = Set.of("0.0.0.0", "::", "[::]");

  private final List<Taken> taken = new ArrayList<>();

  private record Taken(Listener listener, Field port) {}

  /** Takes a listener's port, and reports when an earlier one has it. */
  void take(Listener listener, Field port) {
    for (Taken earlier : taken) {
      if (listener.port() != 0
          && listener.port() == earlier.listener().port()
          && overlap(listener.host(), earlier.listener().host())) {
        port.reportValue(
            Severity.ERROR,
            "%d is the port of %s too; two doors cannot listen on one"
                .formatted(listener.port(), earlier.port().path().replaceFirst("\\.port$", "")));
        return;
      }
    }
    taken.add(new Taken(listener, port));
  }

  private static boolean overlap(String one, String other) {
    return one.equals(other) || ALL_ADDRESSES.contains(one) || ALL_ADDRESSES.contains(other);
  }
}
