package dev.sluice.config;

import dev.sluice.account.InvalidRecord;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.config.DeclaredAccounts.DeclaredKey;
import dev.sluice.config.DeclaredAccounts.DeclaredOrganization;
import dev.sluice.policy.OwnLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code organizations} of {@code accounts.yaml}. */
final class AccountsReader {
  private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,4})d");

  private final Set<String> tiers;
  private final Map<String, Integer> lines = new HashMap<>();

  /**
   * @param tiers that may be given
   */
  AccountsReader(Set<String> tiers) {
    this.tiers = tiers;
  }

  List<DeclaredOrganization> read(Fields root) {
    return each(root.field("organizations"), this::organization);
  }

  private Optional<DeclaredOrganization> organization(Fields fields) {
    Field idField = fields.field("id").required();
    Optional<String> id = idField.text();
    Optional<KeyAge> keyAge = fields.field("keyAge").map(this::keyAge);
    String known = id.orElse("unknown");
    Common common = common(fields);
    Optional<Organization> record =
        id.flatMap(
            text ->
                record(
                    fields,
                    () ->
                        new Organization(
                            text,
                            common.nameOr(text),
                            common.tier(),
                            keyAge,
                            common.limits(),
                            common.archived())));
    record.ifPresent(one -> unique("organization " + one.id(), idField));
    List<Project> projects = each(fields.field("projects"), f -> project(known, f));
    List<User> users = each(fields.field("users"), f -> user(known, f));
    List<DeclaredKey> keys = each(fields.field("keys"), f -> key(known, f));
    return record.map(one -> new DeclaredOrganization(one, projects, users, keys));
  }

  private Optional<Project> project(String organization, Fields fields) {
    Field id = fields.field("id").required();
    Common common = common(fields);
    Set<String> owners = new LinkedHashSet<>(fields.field("owners").texts());
    Optional<Project> record =
        id.text()
            .flatMap(
                text ->
                    record(
                        fields,
                        () ->
                            new Project(
                                organization,
                                text,
                                common.nameOr(text),
                                common.tier(),
                                owners,
                                common.limits(),
                                common.archived())));
    record.ifPresent(one -> unique(organization + ": project " + one.id(), id));
    return record;
  }

  private Optional<User> user(String organization, Fields fields) {
    Field id = fields.field("id").required();
    User.Kind kind = fields.field("kind").oneOf(User.Kind.class).orElse(User.Kind.PERSON);
    Role role = fields.field("role").oneOf(Role.class).orElse(Role.DEVELOPER);
    Common common = common(fields);
    Optional<User> record =
        id.text()
            .flatMap(
                text ->
                    record(
                        fields,
                        () ->
                            new User(
                                organization,
                                text,
                                common.nameOr(text),
                                kind,
                                role,
                                common.tier(),
                                common.limits(),
                                common.archived())));
    record.ifPresent(one -> unique(organization + ": user " + one.id(), id));
    return record;
  }

  private Optional<DeclaredKey> key(String organization, Fields fields) {
    Field nameField = fields.field("name").required();
    Optional<String> name = nameField.text();
    Optional<String> project = fields.field("project").required().text();
    Optional<String> user = fields.field("user").required().text();
    String environment = fields.field("environment").text().orElse(KeyTerms.ENVIRONMENT);
    Set<Permission> permissions = permissions(fields.field("permissions"));
    Set<String> models = new LinkedHashSet<>(fields.field("models").texts());
    Set<Network> networks = networks(fields.field("networks"));
    Optional<String> tier = tier(fields);
    OwnLimits limits = limits(fields);
    Optional<Instant> expires = fields.field("expires").instant();
    if (name.isEmpty() || project.isEmpty() || user.isEmpty()) {
      return Optional.empty();
    }
    unique(organization + ": user " + user.get() + ": key " + name.get(), nameField);
    return record(
        fields,
        () ->
            new DeclaredKey(
                organization,
                project.get(),
                user.get(),
                new KeyTerms(
                    name.get(),
                    environment,
                    permissions,
                    models,
                    networks,
                    tier,
                    limits,
                    expires)));
  }

  private static Set<Permission> permissions(Field field) {
    if (!field.isPresent()) {
      return Permission.DEFAULT;
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Field item : field.items()) {
      item.required().oneOf(Permission.class).ifPresent(permissions::add);
    }
    return permissions;
  }

  private static Set<Network> networks(Field field) {
    Set<Network> networks = new LinkedHashSet<>();
    for (Field item : field.items()) {
      item.required()
          .text()
          .ifPresent(
              text -> {
                try {
                  networks.add(Network.parse(text));
                } catch (InvalidRecord e) {
                  item.error(e.problem());
                }
              });
    }
    return networks;
  }

  private Optional<KeyAge> keyAge(Fields fields) {
    Field warnField = fields.field("warn");
    Field refuseField = fields.field("refuse");
    if (!warnField.isPresent() && !refuseField.isPresent()) {
      return Optional.empty();
    }
    Optional<Duration> refuse = days(refuseField.required());
    Optional<Duration> warn = warnField.isPresent() ? days(warnField) : refuse;
    if (refuse.isEmpty() || warn.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new KeyAge(warn.get(), refuse.get()));
    } catch (InvalidRecord e) {
      warnField.error(e.problem());
      return Optional.empty();
    }
  }

  private static Optional<Duration> days(Field field) {
    return field.value(
        "a number of days such as 90d",
        text -> {
          Matcher days = DAYS.matcher(text);
          return days.matches()
              ? Optional.of(Duration.ofDays(Long.parseLong(days.group(1))))
              : Optional.empty();
        });
  }

  /** What organizations, projects and users have alike. */
  private record Common(
      Optional<String> name, Optional<String> tier, OwnLimits limits, boolean archived) {
    String nameOr(String id) {
      return name.orElse(id);
    }
  }

  /** Reads them before anything can be wrong: a field that is not read would be called unknown. */
  private Common common(Fields fields) {
    return new Common(
        fields.field("name").text(),
        tier(fields),
        limits(fields),
        fields.field("archived").trueOrFalse().orElse(false));
  }

  private Optional<String> tier(Fields fields) {
    Field field = fields.field("tier");
    Optional<String> tier = field.text();
    if (tier.isPresent() && !tiers.contains(tier.get())) {
      String meant = Spelling.didYouMean(tier.get(), tiers);
      field.error(
          "there is no tier for users of this name"
              + (meant.isEmpty() ? "; there are " + String.join(", ", tiers) : meant));
    }
    return tier;
  }

  private static OwnLimits limits(Fields fields) {
    return LimitsReader.read(fields.field("limits"));
  }

  private void unique(String what, Field field) {
    Integer earlier = lines.putIfAbsent(what, field.line());
    if (earlier != null) {
      field.error("stands twice, first in line " + earlier + "; remove one");
    }
  }

  /** What a record refuses is a problem of the field that it names. */
  private static <T> Optional<T> record(Fields fields, Supplier<T> constructor) {
    try {
      return Optional.of(constructor.get());
    } catch (InvalidRecord e) {
      fields.field(e.field()).error(e.problem());
      return Optional.empty();
    }
  }

  private static <T> List<T> each(Field list, Function<Fields, Optional<T>> reader) {
    List<T> all = new ArrayList<>();
    for (Field item : list.items()) {
      item.required().map(reader).ifPresent(all::add);
    }
    return all;
  }
}
