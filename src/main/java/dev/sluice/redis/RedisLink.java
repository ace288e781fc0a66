package dev.sluice.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** A client of Lettuce's, for one connection: to a single Redis, or to a cluster. */
interface RedisLink {
  /**
   * Connects. Of a connection that breaks off later the events tell; one to a cluster is made again
   * without being asked for, and they tell nothing.
   */
  CompletionStage<Connected> connect(Events events);

  /** Closes a connection about which there are doubts, so that it is made again. */
  void reset();

  /** Ends connection and client. */
  CompletionStage<Void> close();

  /**
   * A connection that was made.
   *
   * @param commands of the connection, for what is done seldom
   */
  record Connected(
      StatefulConnection<String, byte[]> connection,
      RedisClusterAsyncCommands<String, byte[]> commands) {}

  /** What happens to a connection that was made. Called on any thread. */
  interface Events {
    void disconnected();
  }
}
