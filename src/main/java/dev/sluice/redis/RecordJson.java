package dev.sluice.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Names;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import dev.sluice.policy.OwnLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The records as they are stored and exported: JSON with explicit names.
 *
 * <p>An empty field is left out; one that is missing, because the record is older than the field,
 * has a default. A field or word that is not known here is passed over, so that an older replica
 * can read what a newer one wrote.
 */
public final class RecordJson {
  private final ObjectMapper json = new ObjectMapper();

  String write(AccountRecord record, long revision) {
    return tree(record, revision).toString();
  }

  /** A record as JSON, with the hashes of its secrets. */
  public ObjectNode tree(AccountRecord record, long revision) {
    ObjectNode node = json.createObjectNode();
    node.put("organization", record.organization());
    node.put("id", record.id());
    node.put("revision", revision);
    node.put("name", record.name());
    if (record instanceof Organization organization) {
      tier(node, organization.tier());
      organization.keyAge().ifPresent(age -> write(node, age));
      archived(node, organization.archived());
    } else if (record instanceof Project project) {
      tier(node, project.tier());
      if (!project.owners().isEmpty()) {
        project.owners().forEach(node.putArray("owners")::add);
      }
      archived(node, project.archived());
    } else if (record instanceof User user) {
      node.put("kind", user.kind().name());
      node.put("role", user.role().name());
      tier(node, user.tier());
      archived(node, user.archived());
    } else if (record instanceof ApiKey key) {
      write(node, key);
    }
    LimitsJson.write(record.limits(), node);
    return node;
  }

  /**
   * Reads a record from JSON.
   *
   * @throws IllegalStateException when it is none
   * @throws dev.sluice.account.InvalidRecord when a value may not be in a record
   */
  public <R extends AccountRecord> Stored<R> read(RecordKind<R> kind, JsonNode node) {
    Fields fields = new Fields(node);
    AccountRecord record =
        switch (kind.label()) {
          case "organization" -> organization(fields);
          case "project" -> project(fields);
          case "user" -> user(fields);
          default -> key(fields);
        };
    return new Stored<>(kind.type().cast(record), node.path("revision").asLong(1));
  }

  <R extends AccountRecord> Stored<R> read(RecordKind<R> kind, byte[] stored) {
    try {
      return read(kind, json.readTree(stored));
    } catch (IOException e) {
      // Without the text: it may hold the hash of a secret.
      throw new IllegalStateException("a stored record is no JSON");
    }
  }

  private static void write(ObjectNode node, KeyAge age) {
    ObjectNode written = node.putObject("keyAge");
    written.put("warn", age.warn().toString());
    written.put("refuse", age.refuse().toString());
  }

  private static void write(ObjectNode node, ApiKey key) {
    KeyTerms terms = key.terms();
    node.put("project", key.project());
    node.put("user", key.user());
    node.put("environment", terms.environment());
    ArrayNode permissions = node.putArray("permissions");
    terms.permissions().forEach(one -> permissions.add(one.name().toLowerCase(Locale.ROOT)));
    if (!terms.models().isEmpty()) {
      terms.models().forEach(node.putArray("models")::add);
    }
    if (!terms.networks().isEmpty()) {
      ArrayNode networks = node.putArray("networks");
      terms.networks().forEach(network -> networks.add(network.cidr()));
    }
    tier(node, terms.tier());
    terms.expires().ifPresent(expires -> node.put("expires", expires.toString()));
    node.put("created", key.created().toString());
    write(node, key.secret());
    key.previous()
        .ifPresent(
            previous -> {
              ObjectNode written = node.putObject("previous");
              write(written, previous.secret());
              written.put("until", previous.until().toString());
            });
    node.put("revoked", key.revoked());
  }

  private static void write(ObjectNode node, KeySecret secret) {
    node.put("secretHash", secret.hash());
    node.put("lastFour", secret.lastFour());
    node.put("issued", secret.issued().toString());
  }

  private static void tier(ObjectNode node, Optional<String> tier) {
    tier.ifPresent(name -> node.put("tier", name));
  }

  private static void archived(ObjectNode node, boolean archived) {
    if (archived) {
      node.put("archived", true);
    }
  }

  private static Organization organization(Fields fields) {
    return new Organization(
        fields.text("id"),
        fields.name(),
        fields.optional("tier"),
        fields
            .object("keyAge")
            .map(
                age ->
                    new KeyAge(
                        Duration.parse(age.text("warn")), Duration.parse(age.text("refuse")))),
        fields.limits(),
        fields.is("archived"));
  }

  private static Project project(Fields fields) {
    return new Project(
        fields.text("organization"),
        fields.text("id"),
        fields.name(),
        fields.optional("tier"),
        fields.texts("owners"),
        fields.limits(),
        fields.is("archived"));
  }

  private static User user(Fields fields) {
    return new User(
        fields.text("organization"),
        fields.text("id"),
        fields.name(),
        fields.word("kind", User.Kind.class).orElse(User.Kind.PERSON),
        fields.word("role", Role.class).orElse(Role.DEVELOPER),
        fields.optional("tier"),
        fields.limits(),
        fields.is("archived"));
  }

  private static ApiKey key(Fields fields) {
    KeyTerms terms =
        new KeyTerms(
            fields.name(),
            fields.optional("environment").orElse(KeyTerms.ENVIRONMENT),
            fields.permissions(),
            fields.texts("models"),
            fields.texts("networks").stream()
                .map(Network::new)
                .collect(Collectors.toUnmodifiableSet()),
            fields.optional("tier"),
            fields.limits(),
            fields.optional("expires").map(Instant::parse));
    return new ApiKey(
        fields.text("organization"),
        fields.text("id"),
        fields.text("project"),
        fields.text("user"),
        terms,
        fields.time("created"),
        fields.secret(),
        fields
            .object("previous")
            .map(
                previous ->
                    new ApiKey.Previous(previous.secret(), Instant.parse(previous.text("until")))),
        fields.is("revoked"));
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

    String name() {
      return Names.mended(text("name"));
    }

    Instant time(String name) {
      return optional(name).map(Instant::parse).orElse(Instant.EPOCH);
    }

    boolean is(String name) {
      return node.path(name).asBoolean(false);
    }

    Optional<Fields> object(String name) {
      return node.path(name).isObject()
          ? Optional.of(new Fields(node.path(name)))
          : Optional.empty();
    }

    OwnLimits limits() {
      return LimitsJson.read(node);
    }

    Set<String> texts(String name) {
      Set<String> texts = new TreeSet<>();
      node.path(name).forEach(value -> texts.add(value.asText()));
      return texts;
    }

    KeySecret secret() {
      return new KeySecret(text("secretHash"), text("lastFour"), time("issued"));
    }

    Set<Permission> permissions() {
      if (node.path("permissions").isMissingNode()) {
        return Permission.DEFAULT;
      }
      Set<Permission> permissions = EnumSet.noneOf(Permission.class);
      node.path("permissions")
          .forEach(value -> word(value, Permission.class).ifPresent(permissions::add));
      return permissions;
    }

    <E extends Enum<E>> Optional<E> word(String name, Class<E> words) {
      return word(node.path(name), words);
    }

    private static <E extends Enum<E>> Optional<E> word(JsonNode value, Class<E> words) {
      for (E word : words.getEnumConstants()) {
        if (word.name().equalsIgnoreCase(value.asText())) {
          return Optional.of(word);
        }
      }
      return Optional.empty();
    }
  }
}
