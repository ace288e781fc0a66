package dev.sluice.edge;

import dev.sluice.account.Caller;
import dev.sluice.account.Credential;
import dev.sluice.account.KeyWarning;
import dev.sluice.account.PlatformAdministrators;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Refusal;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What clients are told beside their answers, whatever these are: that their key or their model
 * will not be there for long, and administrators what a limit in shadow would have refused. As
 * headers, the same at every door.
 *
 * <p>Safe for use by many threads.
 */
public final class Notices {
  private final Supplier<Catalog> catalog;
  private final Supplier<PlatformAdministrators> administrators;
  private final InstantSource clock;
  private final Metrics metrics;

  /**
   * @param catalog the one in force
   * @param administrators of the platform; users who have their names are they
   */
  public Notices(
      Supplier<Catalog> catalog,
      Supplier<PlatformAdministrators> administrators,
      InstantSource clock,
      Metrics metrics) {
    this.catalog = catalog;
    this.administrators = administrators;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Of the key of a request; to be called once for each, as it is counted.
   *
   * @param door as in metrics
   */
  public Map<String, String> ofKey(String door, Credential credential, Caller caller) {
    Optional<KeyWarning> warning =
        credential instanceof Credential.Presented presented
            ? caller.warning(presented.key(), clock.instant())
            : Optional.empty();
    warning.ifPresent(
        one -> metrics.warnedOfKey(door, one.cause().name().toLowerCase(Locale.ROOT)));
    return warning.map(one -> Map.of(EdgeHeaders.WARNING, sentence(one))).orElse(Map.of());
  }

  /** Of a model that its caller may know of. */
  public Map<String, String> ofModel(String model) {
    Map<String, String> headers = new LinkedHashMap<>();
    catalog
        .get()
        .retirement(model, clock.instant())
        .ifPresent(retirement -> RetirementHeaders.add(model, retirement, headers));
    return headers;
  }

  /**
   * Of a decision: of its model, unless the caller is not to learn whether there is such a model;
   * and of what would have refused it, if the caller may know which limits are not enforced.
   */
  public Map<String, String> ofDecision(String model, Decision decision) {
    Map<String, String> headers = new LinkedHashMap<>(ofModel(model, decision));
    if (decision instanceof Decision.Admitted admitted && administers(admitted.caller().user())) {
      admitted
          .wouldRefuse()
          .ifPresent(refusal -> headers.put(EdgeHeaders.WOULD_REFUSE, WouldRefuse.header(refusal)));
    }
    return headers;
  }

  private boolean administers(User user) {
    return user.role() == Role.ORGANIZATION_ADMIN || administrators.get().includes(user.id());
  }

  private Map<String, String> ofModel(String model, Decision decision) {
    boolean known =
        !(decision instanceof Decision.Refused refused)
            || refused.refusal() instanceof Refusal.ModelDeprecated
            // The limits are those of the model, for whoever may call it.
            || !refused.limits().isEmpty();
    return known ? ofModel(model) : Map.of();
  }

  private static String sentence(KeyWarning warning) {
    Instant end = warning.end().truncatedTo(ChronoUnit.SECONDS);
    return switch (warning.cause()) {
      case OLD ->
          "This API key is %s old and will be refused from %s on: rotate it before."
              .formatted(days(warning), end);
      case ROTATED ->
          "This API key was rotated and its old text will be refused from %s on: use the new one."
              .formatted(end);
      case EXPIRING ->
          "This API key will be refused from %s on, when it expires: get another one before."
              .formatted(end);
    };
  }

  private static String days(KeyWarning warning) {
    long days = warning.age().toDays();
    return days == 1 ? "1 day" : days + " days";
  }
}
