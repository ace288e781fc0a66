package dev.sluice.admission;

import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The counts that all replicas share, in a store that may be away for a while. */
public interface SharedCounters extends Counters {
  /**
   * Counts a hold that was admitted without the store, as of then, whether or not there is room;
   * from now on it is one like any other. One that is known already is left as it is.
   *
   * @param age how long ago it was admitted
   * @param settled how it ended, if it has
   * @return false when it was known
   */
  CompletionStage<Boolean> adopt(Hold hold, Duration age, Optional<Settlement> settled);

  /**
   * Has a hold run again that was not renewed in time, and runs nevertheless; whether or not there
   * is room. Of what it took of periods nothing changes.
   *
   * @return false when it is held, or has ended
   */
  CompletionStage<Boolean> resume(Hold hold);
}
