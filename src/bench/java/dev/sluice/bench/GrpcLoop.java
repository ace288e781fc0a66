package dev.sluice.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Unary calls over a few HTTP/2 connections, all from one event loop. */
final class GrpcLoop<Q, A> implements ClosedLoop {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final List<ManagedChannel> connections = new ArrayList<>();
  private final int inFlight;
  private final MethodDescriptor<Q, A> method;
  private final Questions<Q, A> questions;
  private int next;

  /**
   * @param address host and port
   * @param inFlight on each connection
   */
  GrpcLoop(
      String address,
      int connections,
      int inFlight,
      MethodDescriptor<Q, A> method,
      Questions<Q, A> questions) {
    this.inFlight = inFlight;
    this.method = method;
    this.questions = questions;
    for (int i = 0; i < connections; i++) {
      this.connections.add(
          NettyChannelBuilder.forTarget(address)
              .eventLoopGroup(loops)
              .channelType(NioSocketChannel.class)
              .directExecutor()
              .usePlaintext()
              .build());
    }
  }

  @Override
  public Requests run(Duration time) {
    Run run = new Run();
    long end = System.nanoTime() + time.toNanos();
    loop.execute(
        () -> {
          for (ManagedChannel connection : connections) {
            for (int i = 0; i < inFlight; i++) {
              run.began();
              ask(connection, run, end);
            }
          }
        });
    return run.await(time);
  }

  private void ask(ManagedChannel connection, Run run, long end) {
    int index = next;
    next = next + 1 == questions.count() ? 0 : next + 1;
    ClientCalls.asyncUnaryCall(
        connection.newCall(method, CallOptions.DEFAULT),
        questions.question(index),
        new Answer(connection, run, end, index));
  }

  @Override
  public void close() {
    connections.forEach(ManagedChannel::shutdownNow);
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** What comes of one call. */
  private final class Answer implements StreamObserver<A> {
    private final ManagedChannel connection;
    private final Run run;
    private final long end;
    private final int index;
    private final long asked = System.nanoTime();
    private Optional<String> wrong = Optional.of("no answer");

    private Answer(ManagedChannel connection, Run run, long end, int index) {
      this.connection = connection;
      this.run = run;
      this.end = end;
      this.index = index;
    }

    @Override
    public void onNext(A answer) {
      wrong = questions.wrong(index, answer);
    }

    @Override
    public void onError(Throwable failure) {
      // A call that does not get as far as a connection fails on another thread.
      loop.execute(() -> run.failed(String.valueOf(failure)));
    }

    @Override
    public void onCompleted() {
      if (wrong.isPresent()) {
        run.failed(wrong.get());
      } else if (System.nanoTime() >= end) {
        run.succeeded(asked);
      } else {
        run.answered(asked);
        ask(connection, run, end);
      }
    }
  }
}
