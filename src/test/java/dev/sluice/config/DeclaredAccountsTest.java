package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeclaredAccountsTest {
  private static final String ALL =
      "name: n, tier: web, archived: false, limits: [{concurrency: 1}]";

  private final Path folder;

  DeclaredAccountsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: n, tier: web, archived: false, keyAge: {warn: 1d}} | id: missing: expected a text",
        "{id: o, projects: [{ALL, owners: [u]}]} | projects[0].id: missing: expected a text",
        "{id: o, users: [{ALL, kind: person, role: developer}]} | users[0].id: missing: expected a text",
        "{id: o, keys: [{name: k, user: u, tier: web, expires: '2030-01-01T00:00:00Z', limits: [],"
            + " models: [m], networks: []}]} | keys[0].project: missing: expected a text",
      })
  void fieldThatIsMissing_isTheOnlyErrorOfItsRecord(String organization, String problem)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("accounts.yaml"),
            "organizations:\n- " + organization.replace("ALL", ALL) + "\n");

    InvalidConfiguration invalid =
        catchThrowableOfType(
            InvalidConfiguration.class, () -> DeclaredAccounts.load(file, Set.of("web")));

    assertThat(invalid.problems())
        .filteredOn(one -> !one.field().contains("keyAge"))
        .extracting(one -> one.field().replace("organizations[0].", "") + ": " + one.message())
        .containsExactly(problem);
  }
}
