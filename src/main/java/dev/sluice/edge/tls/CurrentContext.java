package dev.sluice.edge.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * The context that is in force now. Each connection keeps the one that it began with.
 *
 * <p>The context is replaced whole, not the key and the trusted certificates inside it: with it go
 * the sessions of before. A client that resumes one is not asked for its certificate again, and
 * would come in with one that is trusted no more.
 *
 * <p>Safe for use by many threads.
 */
final class CurrentContext extends SslContext {
  private volatile SslContext now;

  CurrentContext(SslContext first) {
    this.now = first;
  }

  void replace(SslContext next) {
    this.now = next;
  }

  @Override
  public boolean isClient() {
    return now.isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return now.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation")
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return now.applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return now.newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return now.newEngine(allocator, peerHost, peerPort);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return now.sessionContext();
  }
}
