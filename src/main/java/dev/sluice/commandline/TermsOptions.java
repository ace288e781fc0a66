package dev.sluice.commandline;

import dev.sluice.account.KeyTerms;
import dev.sluice.account.Network;
import dev.sluice.account.Permission;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The terms of a key, as far as they are said. */
final class TermsOptions {
  @Option(names = "--name", description = "Of the key, for people.")
  private @Nullable String name;

  @Option(names = "--environment", description = "Where it is used: prod, staging, dev, ...")
  private @Nullable String environment;

  @Option(
      names = "--permissions",
      description = "Of inference, models, usage_read, admin_read, admin_write; with commas.")
  private @Nullable String permissions;

  @Option(names = "--models", description = "Those it may call, with commas; '' is all.")
  private @Nullable String models;

  @Option(
      names = "--networks",
      description = "Those it may be used from, as 10.0.0.0/8, with commas; '' is anywhere.")
  private @Nullable String networks;

  @Option(
      names = "--valid",
      converter = Period.class,
      description = "For so long from now on, as 12h or 90d; 0 is for ever.")
  private @Nullable Duration valid;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private LimitOptions limits;

  /** These terms with what was said instead. */
  KeyTerms over(KeyTerms before, Instant now) {
    return Records.valid(
        () ->
            new KeyTerms(
                Optional.ofNullable(name).orElse(before.name()),
                Optional.ofNullable(environment).orElse(before.environment()),
                Listed.of(permissions, TermsOptions::permission)
                    .<Set<Permission>>map(
                        all -> all.isEmpty() ? EnumSet.noneOf(Permission.class) : all)
                    .orElse(before.permissions()),
                Listed.texts(models).orElse(before.models()),
                Listed.of(networks, Network::parse).orElse(before.networks()),
                before.tier(),
                limits.over(before.limits()),
                valid == null
                    ? before.expires()
                    : Optional.of(valid).filter(time -> !time.isZero()).map(now::plus)));
  }

  private static Permission permission(String text) {
    try {
      return Permission.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          "permissions: one of "
              + Arrays.toString(Permission.values()).toLowerCase(Locale.ROOT)
              + " was expected");
    }
  }
}
