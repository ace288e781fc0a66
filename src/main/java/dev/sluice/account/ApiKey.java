package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * An API key, without its secret.
 *
 * @param user who owns it: a person or a service account
 * @param created when there was a key for the first time; the epoch for those that are older than
 *     this field
 * @param secret what it is known by
 * @param previous what it was known by before it was rotated
 * @param revoked refused for ever
 */
public record ApiKey(
    String organization,
    String id,
    String project,
    String user,
    KeyTerms terms,
    Instant created,
    KeySecret secret,
    Optional<Previous> previous,
    boolean revoked)
    implements AccountRecord {

  /** A secret that works until an instant. */
  public record Previous(KeySecret secret, Instant until) {
    boolean isOf(KeyText presented) {
      return secret.hash().equals(presented.hash());
    }
  }

  /** For so long before a key expires those who use it are told. */
  private static final Duration SOON = Duration.ofDays(7);

  public ApiKey {
    Ids.requireOrganization(organization);
    Ids.require("id", "key", id);
    Ids.require("project", "project", project);
    Ids.require("user", "user", user);
    if (previous.isPresent() && previous.get().secret().hash().equals(secret.hash())) {
      throw new InvalidRecord("previous", "is the secret that it was rotated to");
    }
  }

  /** A new key. */
  public static ApiKey issued(
      KeyText text, String project, String user, KeyTerms terms, Instant now) {
    return new ApiKey(
        text.organization(),
        idOf(text),
        project,
        user,
        terms,
        now,
        KeySecret.of(text, now),
        Optional.empty(),
        false);
  }

  /** The id of a key that was issued with this text. */
  public static String idOf(KeyText text) {
    return "key-" + text.hash().substring(0, 16);
  }

  @Override
  public String name() {
    return terms.name();
  }

  @Override
  public Optional<String> tier() {
    return terms.tier();
  }

  @Override
  public OwnLimits limits() {
    return terms.limits();
  }

  /** This key under other terms. */
  public ApiKey under(KeyTerms others) {
    return new ApiKey(organization, id, project, user, others, created, secret, previous, revoked);
  }

  /** This key, refused from now on. */
  public ApiKey revoke() {
    return new ApiKey(organization, id, project, user, terms, created, secret, previous, true);
  }

  /**
   * This key with a new text; the one before it works for the time of grace, those before that one
   * no longer.
   */
  public ApiKey rotate(KeyText text, Instant now, Duration grace) {
    if (revoked) {
      throw new InvalidRecord("revoked", "key " + id + " is revoked for ever");
    }
    return new ApiKey(
        organization,
        id,
        project,
        user,
        terms,
        created,
        KeySecret.of(text, now),
        Optional.of(new Previous(secret, now.plus(grace))),
        revoked);
  }

  /**
   * How the key stands by itself.
   *
   * @param age that of its organization
   */
  public Standing standing(Instant now, Optional<KeyAge> age) {
    if (revoked) {
      return Standing.REVOKED;
    }
    if (terms.expires().isPresent() && !now.isBefore(terms.expires().get())) {
      return Standing.EXPIRED;
    }
    if (age.isPresent()) {
      Duration old = Duration.between(secret.issued(), now);
      if (old.compareTo(age.get().refuse()) >= 0) {
        return Standing.OVER_AGE;
      }
      if (old.compareTo(age.get().warn()) >= 0) {
        return Standing.OLD;
      }
    }
    return Standing.GOOD;
  }

  /**
   * How it stands for one who presents a text of it.
   *
   * @param hash of the text; it costs something, and is seldom needed
   */
  Standing standing(Supplier<String> hash, Instant now, Optional<KeyAge> age) {
    boolean rotated =
        previous
            .filter(before -> !now.isBefore(before.until()))
            .filter(before -> before.secret().hash().equals(hash.get()))
            .isPresent();
    return rotated && !revoked ? Standing.ROTATED : standing(now, age);
  }

  /** What will end it before long for one who presents this text of it: what comes first. */
  Optional<KeyWarning> warning(KeyText presented, Instant now, Optional<KeyAge> age) {
    Duration old = Duration.between(secret.issued(), now);
    Optional<KeyWarning> ofGrace =
        previous
            .filter(before -> before.isOf(presented))
            .map(
                before ->
                    new KeyWarning(
                        KeyWarning.Cause.ROTATED,
                        Duration.between(before.secret().issued(), now),
                        before.until()));
    Optional<KeyWarning> ofAge =
        age.filter(its -> old.compareTo(its.warn()) >= 0)
            .map(
                its ->
                    new KeyWarning(KeyWarning.Cause.OLD, old, secret.issued().plus(its.refuse())));
    Optional<KeyWarning> ofExpiry =
        terms
            .expires()
            .filter(end -> !end.minus(SOON).isAfter(now))
            .map(end -> new KeyWarning(KeyWarning.Cause.EXPIRING, old, end));
    return Stream.of(ofGrace, ofAge, ofExpiry)
        .flatMap(Optional::stream)
        .min(Comparator.comparing(KeyWarning::end));
  }
}
