package dev.sluice.commandline;

import dev.sluice.account.Archivable;
import dev.sluice.account.RecordKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is the same for all that belongs to an organization and can be archived. */
abstract sealed class ArchivableCommand<R extends Archivable<R>> extends Group
    permits ProjectsCommand, UsersCommand {
  private final RecordKind<R> kind;

  ArchivableCommand(RecordKind<R> kind) {
    this.kind = kind;
  }

  @Command(
      description = "Archives it: none of its keys is honoured any more.",
      mixinStandardHelpOptions = true)
  int archive(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "archived", before -> before.archived(true));
  }

  @Command(description = "Brings back what was archived.", mixinStandardHelpOptions = true)
  int restore(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "restored", before -> before.archived(false));
  }

  @Command(description = "Shows one.", mixinStandardHelpOptions = true)
  int show(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).show(organization, id);
  }

  @Command(description = "Lists all.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization) {
    return records(shared).list(organization);
  }

  Records<R> records(Shared shared) {
    return new Records<>(shared, kind);
  }
}
