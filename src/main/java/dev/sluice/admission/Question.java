package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.account.KeySecret;
import java.time.Instant;
import java.util.Optional;

/**
 * A request that is not made: what would become of it?
 *
 * @param caller whose key it would have
 * @param presented which of the key's texts it would have
 * @param from where it would come from; empty: not said
 * @param at when; empty: now
 */
public record Question(
    Caller caller,
    KeySecret presented,
    String model,
    Demand demand,
    Optional<Origin.Address> from,
    Optional<Instant> at) {}
