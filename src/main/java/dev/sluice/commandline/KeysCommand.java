package dev.sluice.commandline;

import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Changes;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.RecordKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** API keys on the command line. */
@Command(
    name = "keys",
    description = "Issues, shows, changes, rotates and revokes API keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class KeysCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      description = {
        "Issues a key and prints it on standard output, once; its id goes to standard error.",
        "Creates the organization, project and user where they are missing."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Mixin Shared shared,
      @Mixin TermsOptions options,
      @Option(names = "--organization", required = true) String organization,
      @Option(names = "--project", defaultValue = "default") String project,
      @Option(names = "--user", required = true) String user,
      @Option(names = "--tier", description = "Of the user, when the user is new; else free.")
          @Nullable String tier) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    KeyTerms terms = options.over(KeyTerms.named("key"), Instant.now(), shared);
    KeyIssuer.Order order = new KeyIssuer.Order(organization, project, user, given, terms);
    return shared.run(
        session -> {
          KeyIssuer.Issued issued =
              session.await(Records.valid(() -> issuer(shared, session).issue(order)));
          Caller caller = session.await(session.accounts().caller(issued.text())).orElseThrow();
          new Issuance(shared).print(issued);
          shared.say(
              "%s of %s, user %s, tier %s"
                  .formatted(issued.record().id(), organization, user, caller.tier()));
          if (given.isPresent() && !caller.tier().equals(given.get())) {
            shared.say(
                "the user is not new and keeps its tier: --tier %s was not applied"
                    .formatted(given.get()));
          }
          return 0;
        });
  }

  @Command(
      description = {
        "Gives a key a new text and prints that on standard output, once.",
        "The one before it works for the time of grace; those before that one no longer."
      },
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int rotate(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Option(
              names = "--grace",
              converter = Period.class,
              defaultValue = "24h",
              description = "As 30m or 24h; 0 when the text was exposed.")
          Duration grace,
      @Parameters(paramLabel = "ID", description = "As key-0123456789abcdef.") String id) {
    return shared.run(
        session -> {
          KeyIssuer.Issued issued =
              session.await(issuer(shared, session).rotate(organization, id, grace));
          new Issuance(shared).print(issued);
          issued
              .record()
              .previous()
              .ifPresent(
                  previous ->
                      shared.say(
                          "%s: the text that ends in %s works until %s"
                              .formatted(id, previous.secret().lastFour(), previous.until())));
          return 0;
        });
  }

  @Command(
      description = "Revokes a key: the next decision of every replica refuses it.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin Shared shared,
      @Option(names = "--organization", description = "Of a key that is named by its id.")
          @Nullable String organization,
      @Parameters(
              paramLabel = "KEY",
              description = "Its id, as key-0123456789abcdef, or the key itself.")
          String named) {
    Optional<KeyText> text = KeyText.parse(named);
    if (text.isEmpty() && (organization == null || !named.startsWith("key-"))) {
      // What was typed may be a key: it is not repeated.
      throw new CommandFailed(
          "expected a whole key, or --organization and an id as key-0123456789abcdef");
    }
    return shared.run(
        session -> {
          String its = text.map(KeyText::organization).orElse(organization);
          String id =
              text.isEmpty()
                  ? named
                  : session
                      .await(session.accounts().caller(text.get()))
                      .map(caller -> caller.key().id())
                      .orElseThrow(() -> new CommandFailed("there is no such key"));
          session.await(
              new Changes(session.accounts(), shared.actor())
                  .change(RecordKind.KEY, Objects.requireNonNull(its), id, ApiKey::revoke));
          shared.print("revoked " + id);
          return 0;
        });
  }

  @Command(
      description = "Changes the terms of a key; what is not said stays.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Mixin TermsOptions options,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    Instant now = Instant.now();
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before -> before.under(options.over(before.terms(), now, shared)));
  }

  @Command(
      description = "Assigns a tier to a key, before that of its user.",
      mixinStandardHelpOptions = true)
  int assign(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @ArgGroup(multiplicity = "1") TierChoice choice) {
    Optional<String> tier = shared.tier(choice.tier());
    return records(shared)
        .change(organization, id, "changed", before -> before.under(before.terms().withTier(tier)));
  }

  @Command(description = "Shows a key, without its text.", mixinStandardHelpOptions = true)
  int show(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).show(organization, id);
  }

  @Command(
      description = "Lists all keys, or those of a user that are not revoked.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Option(names = "--user") @Nullable String user) {
    Records<ApiKey> records = records(shared);
    return user == null
        ? records.list(organization)
        : shared.run(
            session ->
                records.list(
                    records.shown(session, organization),
                    session,
                    after -> session.accounts().keysOf(organization, user, after, 100)));
  }

  private static KeyIssuer issuer(Shared shared, Session session) {
    return new KeyIssuer(session.accounts(), new SecureRandom(), shared.actor());
  }

  private static Records<ApiKey> records(Shared shared) {
    return new Records<>(shared, RecordKind.KEY);
  }
}
