package dev.sluice.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * The records as they are stored: JSON with explicit names. An empty field is left out; a field
 * that is not known here is passed over, so that an older replica can read what a newer one wrote.
 */
final class RecordJson {
  private final ObjectMapper json = new ObjectMapper();

  String write(AccountRecord record) {
    ObjectNode node = json.createObjectNode();
    node.put("organization", record.organization());
    node.put("id", record.id());
    if (record instanceof Organization organization) {
      node.put("name", organization.name());
      organization.tier().ifPresent(tier -> node.put("tier", tier));
    } else if (record instanceof Project project) {
      node.put("name", project.name());
      project.tier().ifPresent(tier -> node.put("tier", tier));
    } else if (record instanceof User user) {
      node.put("name", user.name());
      node.put("role", user.role().name());
      user.tier().ifPresent(tier -> node.put("tier", tier));
    } else if (record instanceof ApiKey key) {
      node.put("name", key.name());
      node.put("project", key.project());
      node.put("user", key.user());
      node.put("secretHash", key.secretHash());
      node.put("lastFour", key.lastFour());
      key.tier().ifPresent(tier -> node.put("tier", tier));
      key.expires().ifPresent(expires -> node.put("expires", expires.toString()));
      node.put("revoked", key.revoked());
    }
    return node.toString();
  }

  Organization organization(byte[] stored) {
    Fields fields = read(stored);
    return new Organization(fields.text("id"), fields.text("name"), fields.optional("tier"));
  }

  Project project(byte[] stored) {
    Fields fields = read(stored);
    return new Project(
        fields.text("organization"),
        fields.text("id"),
        fields.text("name"),
        fields.optional("tier"));
  }

  User user(byte[] stored) {
    Fields fields = read(stored);
    return new User(
        fields.text("organization"),
        fields.text("id"),
        fields.text("name"),
        Role.valueOf(fields.text("role")),
        fields.optional("tier"));
  }

  ApiKey key(byte[] stored) {
    Fields fields = read(stored);
    return new ApiKey(
        fields.text("organization"),
        fields.text("id"),
        fields.text("name"),
        fields.text("project"),
        fields.text("user"),
        fields.text("secretHash"),
        fields.text("lastFour"),
        fields.optional("tier"),
        fields.optional("expires").map(Instant::parse),
        fields.node.path("revoked").asBoolean(false));
  }

  private Fields read(byte[] stored) {
    try {
      return new Fields(json.readTree(stored));
    } catch (IOException e) {
      // Without the text: it may hold the hash of a secret.
      throw new IllegalStateException("a stored record is no JSON");
    }
  }

  private record Fields(JsonNode node) {
    String text(String name) {
      return optional(name)
          .orElseThrow(() -> new IllegalStateException("a stored record has no " + name));
    }

    Optional<String> optional(String name) {
      JsonNode value = node.path(name);
      return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }
  }
}
