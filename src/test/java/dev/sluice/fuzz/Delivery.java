package dev.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Sends an input to a door, and sees to it that it is answered, or its connection closed. */
final class Delivery {
  /** Far longer than any answer takes; who leaves a client without one does so for good. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI door;

  /**
   * @param door its URL
   */
  Delivery(String door) {
    this.door = URI.create(door);
  }

  /** What is wrong with what came, if anything. */
  Optional<String> send(Input input) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(door.getHost(), door.getPort()));
      socket.setSoTimeout((int) PATIENCE.toMillis());
      input.bytes().writeTo(socket.getOutputStream());
      socket.getOutputStream().flush();
      if (input.end() == Input.End.LEAVE) {
        socket.setSoLinger(true, 0);
        return Optional.empty();
      } else if (input.end() == Input.End.HALF_CLOSE) {
        socket.shutdownOutput();
        socket.getInputStream().transferTo(new ByteArrayOutputStream());
        return Optional.empty();
      }
      DataInputStream in = new DataInputStream(socket.getInputStream());
      return input.door() == Input.Door.GRPC ? callEnds(in) : httpAnswers(in);
    } catch (SocketTimeoutException e) {
      return Optional.of("neither an answer nor an end of the connection within " + PATIENCE);
    } catch (EOFException | SocketException e) {
      // The connection was closed, or reset.
      return Optional.empty();
    }
  }

  /** Reads until the call has ended. */
  private static Optional<String> callEnds(DataInputStream in) throws IOException {
    while (true) {
      int length = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      in.readFully(new byte[length]);
      boolean ends = type == Http2.RST_STREAM || (flags & Http2.END_STREAM) != 0;
      if (type == Http2.GOAWAY || (stream == 1 && ends && type != Http2.SETTINGS)) {
        return Optional.empty();
      }
    }
  }

  private static Optional<String> httpAnswers(DataInputStream in) throws IOException {
    byte[] status = new byte[12];
    in.readFully(status);
    String line = new String(status, StandardCharsets.ISO_8859_1);
    if (line.matches("HTTP/1.[01] (200|4..)")) {
      return Optional.empty();
    }
    return Optional.of("the answer is " + line);
  }
}
