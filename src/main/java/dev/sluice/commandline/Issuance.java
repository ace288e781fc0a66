package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.Stored;
import java.time.Instant;

/** Shows the text of a key, which happens once. */
record Issuance(Shared shared) {
  void print(KeyIssuer.Issued issued) {
    if (!shared.json()) {
      shared.print(issued.text().reveal());
      return;
    }
    Shown shown = Shown.alone(Instant.now());
    ObjectNode node = shown.json(new Stored<>(issued.record(), 1));
    node.remove("revision");
    shared.print(node.put("key", issued.text().reveal()).toString());
  }
}
