package dev.sluice.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * HTTP/1.1 requests over kept connections, each with one at a time, from one event loop. Requests
 * are the bytes to be sent; of answers the head is looked at.
 */
final class HttpLoop implements Asker {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final URI url;
  private final int connections;
  private final Questions<byte[], HttpResponse> questions;
  private final Turns turns;

  HttpLoop(String url, int connections, Questions<byte[], HttpResponse> questions) {
    this.url = URI.create(url);
    this.connections = connections;
    this.questions = questions;
    this.turns = new Turns(questions.count());
  }

  @Override
  public Requests run(Duration time) {
    Run run = new Run();
    long end = System.nanoTime() + time.toNanos();
    loop.execute(
        () -> {
          for (int i = 0; i < connections; i++) {
            run.began();
            connect(run, end);
          }
        });
    return run.await(time);
  }

  private void connect(Run run, long end) {
    new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpResponseDecoder(), new Conversation(run, end));
              }
            })
        .connect(url.getHost(), url.getPort())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                run.failed(String.valueOf(connected.cause()));
              }
            });
  }

  @Override
  public void close() {
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** One connection. */
  private final class Conversation extends ChannelInboundHandlerAdapter {
    private final Run run;
    private final long end;
    private long asked;
    private int index;
    private Optional<String> wrong = Optional.empty();
    private boolean over;

    private Conversation(Run run, long end) {
      this.run = run;
      this.end = end;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      ask(context);
    }

    private void ask(ChannelHandlerContext context) {
      index = turns.next();
      asked = System.nanoTime();
      var unused =
          context.writeAndFlush(
              Unpooled.wrappedBuffer(questions.question(index)), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpResponse head) {
        wrong = questions.wrong(index, head);
      }
      boolean last = message instanceof LastHttpContent;
      ReferenceCountUtil.release(message);
      if (last) {
        answered(context);
      }
    }

    private void answered(ChannelHandlerContext context) {
      if (wrong.isPresent()) {
        fail(context, wrong.get());
      } else if (System.nanoTime() >= end) {
        over = true;
        run.succeeded(asked);
        var unused = context.close();
      } else {
        run.answered(asked);
        ask(context);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(context, "the connection was closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
      fail(context, String.valueOf(failure));
    }

    private void fail(ChannelHandlerContext context, String why) {
      if (!over) {
        over = true;
        run.failed(why);
        var unused = context.close();
      }
    }
  }
}
