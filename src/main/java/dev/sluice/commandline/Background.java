package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyAge;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Finds what is shown of the records of an organization, and is not in them. Blocks. */
final class Background<R extends AccountRecord> {
  /** How many records are asked for at a time. */
  private static final int AT_A_TIME = 100;

  private final Shared shared;
  private final Session session;
  private final String organization;
  private final Optional<KeyAge> keyAge;
  private final Map<String, Set<String>> owned;

  Background(Shared shared, Session session, RecordKind<R> kind, String organization) {
    this.shared = shared;
    this.session = session;
    this.organization = organization;
    this.keyAge = kind.type().equals(ApiKey.class) ? keyAge() : Optional.empty();
    this.owned = kind.type().equals(User.class) ? owned() : Map.of();
  }

  /** What is shown of some records beside them. */
  Shown of(List<Stored<R>> records) {
    List<String> keys = new ArrayList<>();
    Set<String> owners = new TreeSet<>();
    for (Stored<R> stored : records) {
      if (stored.record() instanceof ApiKey key) {
        keys.add(key.id());
      } else if (stored.record() instanceof Project project) {
        owners.addAll(project.owners());
      }
    }
    Map<String, Instant> lastUsed =
        keys.isEmpty() ? Map.of() : session.await(session.lastUses().of(organization, keys));
    return new Shown(Instant.now(), keyAge, lastUsed, archived(List.copyOf(owners)), owned);
  }

  private Optional<KeyAge> keyAge() {
    return session
        .await(session.accounts().read(RecordKind.ORGANIZATION, organization, organization))
        .map(Stored::record)
        .flatMap(Organization::keyAge);
  }

  private Map<String, Set<String>> owned() {
    Map<String, Set<String>> byUser = new HashMap<>();
    new Records<>(shared, RecordKind.PROJECT)
        .each(
            session,
            organization,
            project ->
                project
                    .owners()
                    .forEach(
                        owner ->
                            byUser
                                .computeIfAbsent(owner, none -> new TreeSet<>())
                                .add(project.id())));
    return byUser;
  }

  private Set<String> archived(List<String> users) {
    Set<String> archived = new TreeSet<>();
    for (int i = 0; i < users.size(); i += AT_A_TIME) {
      List<CompletionStage<Optional<Stored<User>>>> asked =
          users.subList(i, Math.min(users.size(), i + AT_A_TIME)).stream()
              .map(user -> session.accounts().read(RecordKind.USER, organization, user))
              .toList();
      archived.addAll(
          asked.stream()
              .flatMap(answer -> session.await(answer).stream())
              .map(Stored::record)
              .filter(User::archived)
              .map(User::id)
              .collect(Collectors.toSet()));
    }
    return archived;
  }
}
