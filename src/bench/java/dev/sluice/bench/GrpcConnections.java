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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A few HTTP/2 connections for unary calls of one method, all on one event loop. */
final class GrpcConnections<Q, A> implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = loops.next();
  private final List<ManagedChannel> connections;
  private final MethodDescriptor<Q, A> method;

  /**
   * @param address host and port
   */
  GrpcConnections(String address, int count, MethodDescriptor<Q, A> method) {
    this.method = method;
    this.connections =
        IntStream.range(0, count)
            .<ManagedChannel>mapToObj(
                i ->
                    NettyChannelBuilder.forTarget(address)
                        .eventLoopGroup(loops)
                        .channelType(NioSocketChannel.class)
                        .directExecutor()
                        .usePlaintext()
                        .build())
            .toList();
  }

  int count() {
    return connections.size();
  }

  void execute(Runnable onTheLoop) {
    loop.execute(onTheLoop);
  }

  /**
   * Makes one call.
   *
   * @param observer is called on the event loop, but for the failure of a call that does not get as
   *     far as a connection
   */
  void ask(int connection, Q question, StreamObserver<A> observer) {
    ClientCalls.asyncUnaryCall(
        connections.get(connection).newCall(method, CallOptions.DEFAULT), question, observer);
  }

  @Override
  public void close() {
    connections.forEach(ManagedChannel::shutdownNow);
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
