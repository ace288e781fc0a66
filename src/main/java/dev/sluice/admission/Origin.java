package dev.sluice.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a request comes from, as far as its door knows; for keys that are bound to networks. */
public sealed interface Origin {
  /** From this address. */
  record Address(InetAddress address) implements Origin {}

  /** A door in front has looked at it already, and has proved that. */
  record Vouched() implements Origin {}

  /** It cannot be said: a key that is bound to networks is refused. */
  record Unknown() implements Origin {}

  /** Reads an address as an edge writes it, never a name; empty or something else is unknown. */
  static Origin of(Optional<String> literal) {
    if (literal.isEmpty() || !LITERAL.matcher(literal.get()).matches()) {
      return new Unknown();
    }
    try {
      return new Address(InetAddress.getByName(literal.get()));
    } catch (UnknownHostException e) {
      return new Unknown();
    }
  }

  /** What is no name, so that nothing is looked up. */
  Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
}
