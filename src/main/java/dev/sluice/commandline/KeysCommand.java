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
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** API keys on the command line. */
@Command(
    name = "keys",
    description = "Issues, shows, changes, rotates and revokes API keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class KeysCommand extends Group {
  private static final int PAGE = 500;

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
          @Nullable String tier,
      @Option(names = "--key-tier", description = "The key's own, before that of its user.")
          @Nullable String keyTier) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    KeyTerms terms =
        options
            .over(KeyTerms.named("key"), Instant.now())
            .withTier(shared.tier(Optional.ofNullable(keyTier)));
    shared.warnOfModels(terms.models());
    shared.warnOfModels(terms.limits().models());
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
          String organizationOfIt = Objects.requireNonNull(its);
          if (records(shared).read(session, organizationOfIt, id).record().revoked()) {
            shared.print(id + " is revoked already");
            return 0;
          }
          session.await(
              new Changes(session.accounts(), shared.actor())
                  .change(RecordKind.KEY, organizationOfIt, id, ApiKey::revoke));
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
            organization, id, "changed", before -> before.under(options.over(before.terms(), now)));
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
      @Option(names = "--user") @Nullable String user,
      @Option(
              names = "--unused-for",
              converter = Period.class,
              description = "Only those that are honoured, and were not used for so long: 90d.")
          @Nullable Duration idle) {
    Records<ApiKey> records = records(shared);
    return shared.run(
        session ->
            records.list(
                records.background(session, organization)::of,
                idle == null ? (shown, key) -> true : unusedFor(idle, shared, session),
                session,
                after ->
                    user == null
                        ? session.accounts().list(RecordKind.KEY, organization, after, PAGE)
                        : session.accounts().keysOf(organization, user, after, PAGE)));
  }

  /** Of a time in which nothing was recorded, nothing is said. */
  private static BiPredicate<Shown, ApiKey> unusedFor(
      Duration idle, Shared shared, Session session) {
    Instant recorded =
        session
            .await(session.lastUses().begun())
            .orElseThrow(
                () -> new CommandFailed("no server has recorded the uses of keys here so far"));
    Instant limit = Instant.now().minus(idle);
    if (recorded.isAfter(limit)) {
      shared.say(
          "uses are recorded since %s only: of the time before, no key is known to be unused"
              .formatted(recorded));
    }
    return (shown, key) ->
        shown.honoured(key)
            && !recorded.isAfter(limit)
            && !key.created().isAfter(limit)
            && !shown.lastUsed(key).orElse(recorded).isAfter(limit);
  }

  private static KeyIssuer issuer(Shared shared, Session session) {
    return new KeyIssuer(session.accounts(), new SecureRandom(), shared.actor());
  }

  private static Records<ApiKey> records(Shared shared) {
    return new Records<>(shared, RecordKind.KEY);
  }
}
