package dev.sluice.edge.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes clients whose certificate is of an authority, and of a name: an authority may sign for
 * many who are not to come in. The name is one of DNS or an address, among the alternative names of
 * the certificate and as it stands there; its common name does not count.
 */
final class NamedClients extends X509ExtendedTrustManager {
  private static final int DNS = 2;
  private static final int IP = 7;

  private final X509ExtendedTrustManager signed;
  private final String name;

  NamedClients(List<X509Certificate> authorities, String name) {
    this.signed = signedBy(authorities);
    this.name = name;
  }

  private static X509ExtendedTrustManager signedBy(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry(Integer.toString(store.size()), authority);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Arrays.stream(factory.getTrustManagers())
          .filter(X509ExtendedTrustManager.class::isInstance)
          .map(X509ExtendedTrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(X509Certificate client) throws CertificateException {
    // Null is a certificate without such names.
    Collection<List<?>> names =
        Objects.requireNonNullElse(client.getSubjectAlternativeNames(), List.of());
    if (names.stream().noneMatch(this::isIt)) {
      throw new CertificateParsingException("the client's certificate is not of " + name);
    }
  }

  private boolean isIt(List<?> alternative) {
    String found = alternative.get(1).toString();
    return switch ((Integer) alternative.get(0)) {
      case DNS -> found.equalsIgnoreCase(name);
      case IP -> found.equals(name);
      default -> false;
    };
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    signed.checkClientTrusted(chain, authType, engine);
    check(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    signed.checkClientTrusted(chain, authType, socket);
    check(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    signed.checkClientTrusted(chain, authType);
    check(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("of a server's side");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("of a server's side");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("of a server's side");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return signed.getAcceptedIssuers();
  }
}
