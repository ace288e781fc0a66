package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.redis.RecordJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Accounts as {@code export} writes them, made up: each organization has users, each user keys. */
record AccountsFile(Size size) {
  private static final String PROJECT = "default";
  private static final RecordJson JSON = new RecordJson();

  /** How many there are, in all. */
  record Size(int organizations, int users, int keys) {
    Size {
      if (organizations < 1
          || users < organizations
          || users % organizations != 0
          || keys < users
          || keys % users != 0) {
        throw new BenchFailed("each organization has as many users, each user as many keys");
      }
    }

    /** Ten keys a user, and ten users an organization. */
    static Size ofKeys(int keys) {
      return new Size(Math.max(1, keys / 100), Math.max(1, keys / 10), keys);
    }

    int records() {
      return 2 * organizations + users + keys;
    }

    private String organization(int user) {
      return "org-" + user % organizations;
    }
  }

  /** Writes the organizations, each with its project. */
  void organizations(Path file) {
    write(
        file,
        IntStream.range(0, size.organizations())
            .mapToObj(size::organization)
            .flatMap(
                id ->
                    Stream.of(
                        new Organization(id, id, Optional.of("bench")),
                        new Project(id, PROJECT, PROJECT, Optional.empty()))));
  }

  /** Writes the users. */
  void users(Path file) {
    write(
        file,
        IntStream.range(0, size.users())
            .mapToObj(
                user ->
                    new User(
                        size.organization(user),
                        "user-" + user,
                        "User " + user,
                        Role.DEVELOPER,
                        Optional.empty())));
  }

  /** Writes the keys, and tells what they are. */
  List<UserKey> keys(Path file, RandomGenerator random) {
    List<UserKey> keys = new ArrayList<>(size.keys());
    Instant now = Instant.now();
    write(
        file,
        IntStream.range(0, size.keys())
            .mapToObj(
                key -> {
                  int user = key % size.users();
                  KeyText text = KeyText.generate(size.organization(user), random);
                  keys.add(new UserKey("user-" + user, text.reveal()));
                  return ApiKey.issued(
                      text, PROJECT, "user-" + user, KeyTerms.named("key " + key), now);
                }));
    return keys;
  }

  private static void write(Path file, Stream<? extends AccountRecord> records) {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (AccountRecord record :
          (Iterable<AccountRecord>) records.map(one -> (AccountRecord) one)::iterator) {
        ObjectNode line = JSON.tree(record, 1);
        out.write(line.put("type", RecordKind.of(record).label()).toString());
        out.newLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
