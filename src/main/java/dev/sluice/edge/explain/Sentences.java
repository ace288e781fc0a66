package dev.sluice.edge.explain;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.Network;
import dev.sluice.account.Permission;
import dev.sluice.account.RecordKind;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Question;
import dev.sluice.admission.Queues;
import dev.sluice.admission.Step;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.ModelAccess;
import dev.sluice.policy.Retirement;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the steps of an explanation say to people. */
final class Sentences {
  private final Question question;

  Sentences(Explanation explanation) {
    this.question = explanation.question();
  }

  String of(Step.OfKey step) {
    ApiKey key = question.caller().key();
    String text = "the text that ends in " + question.presented().lastFour();
    String standing =
        switch (step.standing()) {
          case GOOD -> text + " is good";
          case OLD -> text + " is good, but old: it should be rotated";
          case REVOKED -> "revoked";
          case EXPIRED -> "expired";
          case ROTATED -> text + " was rotated, and its time of grace is over";
          case OVER_AGE -> text + " is older than the organization allows: rotate it";
          case ORGANIZATION_ARCHIVED -> "its organization is archived";
          case PROJECT_ARCHIVED -> "its project is archived";
          case USER_ARCHIVED -> "its user is archived";
        };
    return standing
        + key.terms().expires().map(end -> "; expires at " + end).orElse("")
        + refusedForAge(question.caller())
            .map(end -> "; too old at " + end + " unless it is rotated")
            .orElse("")
        + key.previous()
            .map(
                before ->
                    "; the text before, %s, is refused from %s on"
                        .formatted(before.secret().lastFour(), before.until()))
            .orElse("");
  }

  private static Optional<Instant> refusedForAge(Caller caller) {
    return caller
        .organization()
        .keyAge()
        .map(age -> caller.key().secret().issued().plus(age.refuse()));
  }

  String ofNetworks() {
    Collection<Network> networks = question.caller().key().terms().networks();
    if (networks.isEmpty()) {
      return "may be used from anywhere";
    }
    String only =
        "may be used from "
            + networks.stream().map(Network::cidr).collect(Collectors.joining(", "))
            + " only";
    return question
        .from()
        .map(from -> only + "; asked about " + from.address().getHostAddress())
        .orElse(only + "; no address was given (from)");
  }

  String ofPermission() {
    Collection<Permission> permissions = question.caller().key().terms().permissions();
    return "has "
        + (permissions.isEmpty()
            ? "none"
            : permissions.stream()
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")))
        + "; inference is needed";
  }

  String of(Step.OfTier step) {
    Caller caller = question.caller();
    String from =
        caller
            .tierGiver()
            .map(giver -> "given to the " + label(giver) + " " + giver.id())
            .orElse("the default: neither key, user, project nor organization was given one");
    return caller.tier()
        + ", "
        + from
        + (step.found().isEmpty()
            ? "; the configuration has no such tier, so it lists no model"
            : Catalog.MODEL_STATES.contains(caller.tier())
                ? "; a system tier, which is not for users and lists no model for them"
                : "");
  }

  String of(Step.OfModel step) {
    String access;
    if (step.access() instanceof ModelAccess.Allowed allowed) {
      access =
          step.systemTiers().contains(Catalog.RESTRICTED)
              ? "restricted, but the tier was given explicitly and lists it"
              : "the tier %s lists it".formatted(allowed.tier().name());
    } else if (step.access() instanceof ModelAccess.ModelDeprecated) {
      access =
          step.systemTiers().contains(Catalog.DEPRECATED)
              ? "in the system tier deprecated"
              : "past its sunset";
    } else if (step.access() instanceof ModelAccess.UnderMaintenance under) {
      access =
          "in the system tier maintenance"
              + under.until().map(end -> ", until " + end).orElse(", without an end");
    } else if (step.access() instanceof ModelAccess.Restricted) {
      access = "in the system tier restricted: only a tier that was given explicitly may list it";
    } else {
      access = "the tier %s does not list it".formatted(question.caller().tier());
    }
    return access
        + step.retirement().map(Sentences::retirement).orElse("")
        + (step.nameAtBackend().equals(question.model())
            ? ""
            : "; backends call it " + step.nameAtBackend());
  }

  private static String retirement(Retirement retirement) {
    return retirement.deprecated().map(from -> "; deprecated since " + from).orElse("")
        + retirement.sunset().map(end -> "; sunset " + end).orElse("")
        + retirement.successor().map(next -> "; successor " + next).orElse("");
  }

  String ofKeyModels() {
    Collection<String> models = question.caller().key().terms().models();
    return models.isEmpty()
        ? "may call all models of its tier"
        : "may call " + String.join(", ", models) + " only";
  }

  String of(Step.OfBounds step) {
    if (step.block().isEmpty()) {
      return "not known, as the tier does not list the model";
    }
    Block block = step.block().get();
    return "one request may have "
        + block.bounds().maxBatchSize().stream()
            .mapToObj(most -> "a batch of " + most)
            .findFirst()
            .orElse("any batch")
        + " and "
        + block.bounds().maxOutputTokens().stream()
            .mapToObj(most -> most + " output tokens")
            .findFirst()
            .orElse("any number of output tokens")
        + question.demand().batch().map(it -> "; asked about a batch of " + it.value()).orElse("")
        + question
            .demand()
            .outputTokens()
            .map(it -> "; asked about " + it.value() + " output tokens")
            .orElse("");
  }

  String of(Step.OfLimits step) {
    int number = step.ofTier().size() + step.own().size();
    return number == 0
        ? "none"
        : "%d, %d of them of the tier".formatted(number, step.ofTier().size());
  }

  String of(Step.OfQueue step) {
    if (step.place().isEmpty()) {
      return "not known, as the tier does not list the model";
    }
    Step.Place place = step.place().get();
    Queues.View queue = place.queue();
    String served =
        queue.deployments().isEmpty()
            ? "no deployment serves the model with this label"
            : "served by " + String.join(", ", new TreeSet<>(queue.deployments()));
    return "label %s, %d may wait; %s%s"
        .formatted(
            place.qos(),
            place.queueDepth(),
            served,
            queue
                .now()
                .map(
                    now ->
                        "; now %d wait, %d run and %d slots are free"
                            .formatted(now.waiting(), now.busy(), Math.max(0, now.free())))
                .orElse("; what waits is known to the servers only (debug door)"));
  }

  static String label(AccountRecord record) {
    return RecordKind.of(record).label();
  }
}
