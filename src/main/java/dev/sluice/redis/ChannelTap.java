package dev.sluice.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.Optional;

/** Sets up each channel of one client, and knows the latest. */
final class ChannelTap implements NettyCustomizer {
  private volatile Optional<Channel> latest = Optional.empty();

  @Override
  public void afterChannelInitialized(Channel channel) {
    // One flush, and so one system call, for many commands.
    channel.pipeline().addFirst(new FlushConsolidationHandler(256, true));
    latest = Optional.of(channel);
  }

  /** Closes the latest channel, whereupon Lettuce connects again. */
  void closeLatest() {
    latest.ifPresent(
        channel -> {
          var unused = channel.close();
        });
  }
}
