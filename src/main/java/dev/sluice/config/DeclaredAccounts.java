package dev.sluice.config;

import dev.sluice.account.KeyTerms;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.User;
import dev.sluice.config.Problem.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What {@code accounts.yaml} declares: records as they shall be. What it does not name stays as it
 * is.
 */
public record DeclaredAccounts(List<DeclaredOrganization> organizations) {
  public DeclaredAccounts {
    organizations = List.copyOf(organizations);
  }

  /** An organization with what belongs to it, in the order of the file. */
  public record DeclaredOrganization(
      Organization record, List<Project> projects, List<User> users, List<DeclaredKey> keys) {
    public DeclaredOrganization {
      projects = List.copyOf(projects);
      users = List.copyOf(users);
      keys = List.copyOf(keys);
    }
  }

  /** A key by its name, which is unique among the keys of its user; its text is in no file. */
  public record DeclaredKey(String organization, String project, String user, KeyTerms terms) {}

  /**
   * Reads the file. Blocks.
   *
   * @param tiers that may be given
   * @throws InvalidConfiguration with all that is wrong with the file
   */
  public static DeclaredAccounts load(Path file, Set<String> tiers) throws InvalidConfiguration {
    Problems problems = new Problems();
    Source source = Source.file(file.toString());
    Optional<List<Node>> documents =
        YamlText.read(file, problems).flatMap(text -> YamlText.documents(text, source, problems));
    // Accounts are data: the environment has no word in them.
    Reading reading = new Reading(source, problems, new Overrides(Map.of()), Severity.ERROR);
    AccountsReader reader = new AccountsReader(tiers);
    DeclaredAccounts declared =
        new DeclaredAccounts(
            documents.orElse(List.of()).stream()
                .flatMap(one -> Field.root(reading, Optional.of(one)).map(reader::read).stream())
                .toList());
    problems.throwIfInvalid();
    return declared;
  }
}
