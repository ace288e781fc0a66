package dev.sluice.admission;

import dev.sluice.account.Permission;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Why a request was refused. The doors turn it into the words of their protocols. */
public sealed interface Refusal {
  /** The reason as a metric label and log field: one of a closed set. */
  String reason();

  /** No key was presented. */
  record NoKey() implements Refusal {
    @Override
    public String reason() {
      return "no_key";
    }
  }

  /**
   * The presented key is not honoured.
   *
   * @param lastFour at most the last four characters of what was presented
   */
  record InvalidKey(Cause cause, String lastFour) implements Refusal {
    /** Why it is not. */
    public enum Cause {
      UNKNOWN,
      REVOKED,
      EXPIRED,
      /** It was replaced by another text, and the time of grace is over. */
      ROTATED,
      /** It should have been rotated long ago. */
      OVER_AGE,
      ORGANIZATION_ARCHIVED,
      PROJECT_ARCHIVED,
      USER_ARCHIVED
    }

    @Override
    public String reason() {
      return switch (cause) {
        case UNKNOWN -> "invalid_key";
        case REVOKED -> "revoked_key";
        case EXPIRED -> "expired_key";
        case ROTATED -> "rotated_key";
        case OVER_AGE -> "over_age_key";
        case ORGANIZATION_ARCHIVED -> "archived_organization";
        case PROJECT_ARCHIVED -> "archived_project";
        case USER_ARCHIVED -> "archived_user";
      };
    }
  }

  /** The key is not for this. */
  record PermissionMissing(Permission permission) implements Refusal {
    @Override
    public String reason() {
      return "key_permission_missing";
    }
  }

  /**
   * The key may not be used from there.
   *
   * @param address empty when it is not known
   */
  record NetworkNotAllowed(Optional<String> address) implements Refusal {
    @Override
    public String reason() {
      return "key_network_not_allowed";
    }
  }

  /** The caller may use the model, but not with this key. */
  record KeyModelNotAllowed(String model) implements Refusal {
    @Override
    public String reason() {
      return "key_model_not_allowed";
    }
  }

  /** The model is restricted, and no tier that lists it was given to the caller explicitly. */
  record ModelRestricted(String model) implements Refusal {
    @Override
    public String reason() {
      return "model_restricted";
    }
  }

  /** The model does not exist, or not for this caller. */
  record ModelNotFound(String model) implements Refusal {
    @Override
    public String reason() {
      return "model_not_found";
    }
  }

  /**
   * The model was taken out of service.
   *
   * @param successor the model to use instead
   */
  record ModelDeprecated(String model, Optional<String> successor) implements Refusal {
    @Override
    public String reason() {
      return "model_deprecated";
    }
  }

  /** The model is being worked on. */
  record ModelUnderMaintenance(String model, Optional<Instant> until) implements Refusal {
    @Override
    public String reason() {
      return "model_maintenance";
    }
  }

  /**
   * The request asks for more at once than its tier allows.
   *
   * @param asked and where it is asked for
   * @param most of it
   */
  record BoundExceeded(Bound bound, Demand.Amount asked, long most, String tier, String model)
      implements Refusal {
    /** What is bounded. */
    public enum Bound {
      BATCH_SIZE,
      OUTPUT_TOKENS
    }

    @Override
    public String reason() {
      return switch (bound) {
        case BATCH_SIZE -> "batch_size_exceeded";
        case OUTPUT_TOKENS -> "output_tokens_exceeded";
      };
    }
  }

  /**
   * A rate has no room.
   *
   * @param limit of those without room, the one that is without it for longest
   */
  record RateExceeded(EvaluatedLimit limit) implements Refusal {
    @Override
    public String reason() {
      return "rate_limit_exceeded";
    }
  }

  /**
   * As many requests run as may at once.
   *
   * @param limit of those without room, the one that is without it for longest
   */
  record ConcurrencyExceeded(EvaluatedLimit limit) implements Refusal {
    @Override
    public String reason() {
      return "concurrency_exceeded";
    }
  }

  /**
   * As many end users are counted at a time as may.
   *
   * @param limit of those without room, the one that is without it for longest
   */
  record EndUsersExceeded(EvaluatedLimit limit) implements Refusal {
    @Override
    public String reason() {
      return "end_users_exceeded";
    }
  }

  /** As many requests wait for the model with this label as may. */
  record QueueFull(String model, String qos, int waiting, int queueDepth, Duration retryAfter)
      implements Refusal {
    @Override
    public String reason() {
      return "queue_full";
    }
  }

  /** No batch slot came free in time. */
  record QueueTimedOut(String model, String qos, Duration waited, Duration retryAfter)
      implements Refusal {
    @Override
    public String reason() {
      return "queue_timeout";
    }
  }

  /** No deployment serves the model with this label. */
  record Unserved(String model, String qos) implements Refusal {
    @Override
    public String reason() {
      return "model_unserved";
    }
  }

  /**
   * The store does not answer, and this replica's share of a limit has no room.
   *
   * @param share how much of the limit this replica may use without the store
   * @param retryAfter a guess: the store may be back before
   */
  record ShareExceeded(ScopedLimit limit, long share, Duration retryAfter) implements Refusal {
    @Override
    public String reason() {
      return "share_exceeded";
    }
  }

  /** Changes of its accounts overtook a decision each time, or it was withdrawn meanwhile. */
  record Overtaken() implements Refusal {
    @Override
    public String reason() {
      return "overtaken";
    }
  }

  /** The decision failed, by a fault of Sluice or by what is stored; the log says why. */
  record DecisionFailed() implements Refusal {
    @Override
    public String reason() {
      return "decision_failed";
    }
  }

  /** The store that decides did not answer in time. */
  record StoreUnavailable() implements Refusal {
    @Override
    public String reason() {
      return "store_unavailable";
    }
  }
}
