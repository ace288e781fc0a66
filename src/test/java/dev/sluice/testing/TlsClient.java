package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One connection of TLS to this host, whose fate can be followed. */
public final class TlsClient implements AutoCloseable {
  private final SSLSocket socket;
  private final long startMillis = System.currentTimeMillis();

  /**
   * Connects and shakes hands, and checks the name of the host.
   *
   * @param protocols of ALPN; none asks for none
   */
  public TlsClient(int port, SSLContext context, String... protocols) throws IOException {
    this.socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The protocol that ALPN chose; empty for none. */
  public String protocol() {
    return socket.getApplicationProtocol();
  }

  /** Whether it goes on with the session of an earlier connection. */
  public boolean resumed() {
    return socket.getSession().getCreationTime() < startMillis;
  }

  /** TLSv1.2, TLSv1.3. */
  public String version() {
    return socket.getSession().getProtocol();
  }

  /** The name in the server's certificate, such as {@code CN=first}. */
  public String server() throws IOException {
    X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  /** The status line of {@code GET /}, whose answer must have a body of one line. */
  public String get() throws IOException {
    send();
    StringBuilder read = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (read.indexOf("\r\n\r\n") < 0 || read.charAt(read.length() - 1) != '.') {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after: " + read);
      }
      read.append((char) next);
    }
    return read.substring(0, read.indexOf("\r\n"));
  }

  /** Sends {@code GET /}. */
  public void send() throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: sluice\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** How many bytes come until the server ends the connection in good order. */
  public long readToEnd() throws IOException {
    return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // The server may have closed it first, and then the farewell of TLS finds nobody.
    }
  }
}
