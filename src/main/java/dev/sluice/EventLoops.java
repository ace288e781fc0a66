package dev.sluice;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;

/** The threads that do all work: one event loop for each processor. */
final class EventLoops {
  static final int COUNT = Runtime.getRuntime().availableProcessors();

  private EventLoops() {}

  static Vertx start() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(COUNT)
            .setPreferNativeTransport(false)
            // Nothing is served from files, and the file system may be read-only.
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  /**
   * The loops of Vert.x for other Netty users, so that Redis answers on the thread of the request
   * that asked. Internal API of Vert.x: it stands here and nowhere else.
   */
  static EventLoopGroup of(Vertx vertx) {
    return ((VertxInternal) vertx).nettyEventLoopGroup();
  }
}
