package dev.sluice.edge.tls;

import dev.sluice.tls.TlsMaterial;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;

/** What a door speaks inside TLS: it says so to those who ask by ALPN. */
public enum Spoken {
  HTTP_1 {
    @Override
    SslContextBuilder over(SslContextBuilder builder) {
      return builder
          .sslProvider(SslProvider.JDK)
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.FATAL_ALERT,
                  SelectedListenerFailureBehavior.FATAL_ALERT,
                  ApplicationProtocolNames.HTTP_1_1));
    }
  },
  GRPC {
    @Override
    SslContextBuilder over(SslContextBuilder builder) {
      return GrpcSslContexts.configure(builder, SslProvider.JDK);
    }
  };

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  abstract SslContextBuilder over(SslContextBuilder builder);

  SslContext context(TlsMaterial material) throws SSLException {
    SslContextBuilder builder =
        over(SslContextBuilder.forServer(material.key(), material.chain())).protocols(VERSIONS);
    if (material.mutual()) {
      material
          .files()
          .clientName()
          .ifPresentOrElse(
              name -> builder.trustManager(new NamedClients(material.clientAuthorities(), name)),
              () -> builder.trustManager(material.clientAuthorities()));
      builder.clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }
}
