package dev.sluice.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * That a model goes, or has gone, as its clients are told.
 *
 * @param deprecated since when they are told; empty where no time was configured
 * @param sunset from when on it is served no more
 * @param successor the model to use instead
 */
public record Retirement(
    Optional<Instant> deprecated, Optional<Instant> sunset, Optional<String> successor) {}
