package dev.sluice.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** A client of Lettuce's, for one connection: to a single Redis, or to a cluster. */
interface RedisLink {
  /** Connects; a connection that breaks off later is made again without being asked for. */
  CompletionStage<RedisClusterAsyncCommands<String, byte[]>> connect(Events events);

  /** Closes the connection, which is then made again. */
  void reset();

  /** Ends connection and client. */
  CompletionStage<Void> close();

  /** What happens to a connection that was made. Called on any thread. */
  interface Events {
    void disconnected();

    void reconnected();
  }
}
