package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.Caller;
import dev.sluice.account.RecordKind;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The tiers of sambastack.yaml, and who was given them. */
@Command(
    name = "tiers",
    description = "Shows the tiers of sambastack.yaml, and gives them to whom they belong.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class TiersCommand extends Group {
  @Command(description = "Lists the tiers.", mixinStandardHelpOptions = true)
  int list(@Mixin Shared shared) {
    Map<String, Tier> tiers = new TreeMap<>(shared.configuration().catalog().tiers());
    if (shared.json()) {
      tiers.values().forEach(tier -> shared.print(summary(tier).toString()));
      return 0;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TIER", "MODELS", "QOS", "KIND"));
    tiers
        .values()
        .forEach(
            tier ->
                rows.add(
                    List.of(
                        tier.name(),
                        Integer.toString(tier.models().size()),
                        labels(tier).isEmpty() ? "-" : String.join(",", labels(tier)),
                        system(tier) ? "system" : "service")));
    TextTable.of(rows).lines().forEach(shared::print);
    return 0;
  }

  @Command(
      description = "Shows the blocks of a tier, and who of an organization was given it.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin Shared shared,
      @Parameters(paramLabel = "TIER") String name,
      @Option(names = "--organization", description = "Whose records are looked through.")
          @Nullable String organization) {
    Map<String, Tier> tiers = shared.configuration().catalog().tiers();
    String known = shared.known(name, new TreeSet<>(tiers.keySet()));
    Tier tier = Objects.requireNonNull(tiers.get(known));
    show(shared, tier);
    return organization == null
        ? 0
        : shared.run(
            session -> {
              holders(shared, session, organization, tier.name());
              return 0;
            });
  }

  @Command(
      description = {
        "Gives a tier to an organization, or to a project, user or key of it.",
        "That of a key goes before that of its user, project and organization."
      },
      mixinStandardHelpOptions = true)
  int assign(
      @Mixin Shared shared,
      @Parameters(paramLabel = "TIER") String tier,
      @Option(names = "--organization", required = true) String organization,
      @ArgGroup @Nullable TierHolder holder) {
    Optional<String> given = shared.tier(Optional.of(tier));
    return TierHolder.of(holder).give(given, "assigned " + tier + " to", shared, organization);
  }

  @Command(
      description = "Takes the tier away: that of what it belongs to holds.",
      mixinStandardHelpOptions = true)
  int unassign(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @ArgGroup @Nullable TierHolder holder) {
    return TierHolder.of(holder).give(Optional.empty(), "took the tier from", shared, organization);
  }

  @Command(
      description = "Shows which tier holds for a key, and whose it is.",
      mixinStandardHelpOptions = true)
  int of(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Option(names = "--key", required = true, description = "Its id.") String id) {
    return shared.run(
        session -> {
          show(shared, session.caller(organization, id));
          return 0;
        });
  }

  private static void show(Shared shared, Caller caller) {
    Optional<AccountRecord> giver = caller.tierGiver();
    if (!shared.tiers().contains(caller.tier())) {
      shared.say("there is no tier %s any more: no model may be called".formatted(caller.tier()));
    }
    if (shared.json()) {
      ObjectNode node = object().put("key", caller.key().id()).put("tier", caller.tier());
      node.put("from", giver.map(TiersCommand::label).orElse("default"));
      giver.ifPresent(record -> node.put("id", record.id()));
      shared.print(node.toString());
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("RECORD", "ID", "TIER", ""));
    for (AccountRecord record :
        List.of(caller.key(), caller.user(), caller.project(), caller.organization())) {
      rows.add(
          List.of(
              label(record),
              record.id(),
              record.tier().orElse("-"),
              giver.filter(record::equals).isPresent() ? "holds" : ""));
    }
    rows.add(List.of("default", "-", Tier.FREE, giver.isEmpty() ? "holds" : ""));
    TextTable.of(rows).lines().forEach(shared::print);
  }

  private static void show(Shared shared, Tier tier) {
    if (shared.json()) {
      ObjectNode node = summary(tier);
      ArrayNode blocks = node.putArray("blocks");
      tier.blocks().forEach(block -> blocks.add(json(block)));
      shared.print(node.toString());
      return;
    }
    if (system(tier)) {
      shared.say("a system tier: it says how models stand, and is given to nobody");
    }
    ShownTiers shown = new ShownTiers(shared.configuration().tiers().of(tier.name()));
    shown.lines(Integer.MAX_VALUE).forEach(shared::print);
  }

  private static void holders(Shared shared, Session session, String organization, String tier) {
    if (!shared.json()) {
      shared.print("");
    }
    for (RecordKind<? extends AccountRecord> kind : RecordKind.ALL) {
      holders(shared, session, kind, organization, tier);
    }
  }

  private static <R extends AccountRecord> void holders(
      Shared shared, Session session, RecordKind<R> kind, String organization, String tier) {
    new Records<>(shared, kind)
        .each(
            session,
            organization,
            record -> {
              if (record.tier().filter(tier::equals).isPresent()) {
                shared.print(
                    shared.json()
                        ? object()
                            .put("type", kind.label())
                            .put("organization", organization)
                            .put("id", record.id())
                            .put("name", record.name())
                            .toString()
                        : TerminalText.pad(kind.label(), 14)
                            + TerminalText.pad(record.id(), 24)
                            + record.name());
              }
            });
  }

  private static ObjectNode summary(Tier tier) {
    ObjectNode node =
        object()
            .put("tier", tier.name())
            .put("models", tier.models().size())
            .put("system", system(tier));
    labels(tier).forEach(node.putArray("qos")::add);
    return node;
  }

  private static ObjectNode json(Block block) {
    ObjectNode node = object();
    new TreeSet<>(block.models()).forEach(node.putArray("models")::add);
    ShownTiers.add(block, node);
    return node;
  }

  private static Set<String> labels(Tier tier) {
    return tier.blocks().stream().map(Block::qos).collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean system(Tier tier) {
    return Catalog.MODEL_STATES.contains(tier.name());
  }

  private static String label(AccountRecord record) {
    return RecordKind.of(record).label();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
