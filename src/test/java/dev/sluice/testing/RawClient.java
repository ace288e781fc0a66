package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One connection, byte by byte: for what no HTTP client would send, and for leaving when it likes.
 */
public final class RawClient implements AutoCloseable {
  private final Socket socket;

  /** Connects to the host and port of a URL. */
  public RawClient(String url) {
    this(url, 1 << 16);
  }

  /**
   * Connects to the host and port of a URL.
   *
   * @param receiveBuffer how many bytes it takes without reading
   */
  public RawClient(String url, int receiveBuffer) {
    URI target = URI.create(url);
    try {
      this.socket = new Socket();
      socket.setReceiveBufferSize(receiveBuffer);
      socket.connect(new InetSocketAddress(target.getHost(), target.getPort()));
      socket.setSoTimeout(20_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes as they are. */
  public RawClient send(String bytes) {
    try {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a chat completion. */
  public RawClient chat(String key, String body, String... headers) {
    return send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"
            .formatted(
                key,
                body.getBytes(StandardCharsets.UTF_8).length,
                Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining()),
                body));
  }

  /** Reads until some text has come; all that has come. Fails when the connection ends before. */
  public String readUntil(String text) {
    StringBuilder read = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      while (read.indexOf(text) < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IllegalStateException("the connection ended after: " + read);
        }
        read.append((char) next);
      }
      return read.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("after: " + read, e);
    }
  }

  /** Reads until the other side closes; what came until then, also when it was a reset. */
  public String readToEnd() {
    StringBuilder read = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        read.append((char) next);
      }
    } catch (IOException e) {
      read.append("<").append(e.getMessage()).append(">");
    }
    return read.toString();
  }

  /** Leaves. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
