package dev.sluice.edge.openai;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sluice.edge.ChatRequest;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** A request's body as its backend is sent it: every byte as it came, but for the model's name. */
final class ForwardedBody {
  private ForwardedBody() {}

  /**
   * The body in pieces, which are views of it and not copies.
   *
   * @param read what was read of this body
   * @param model what backends call the model
   */
  static List<Buffer> of(Buffer body, ChatRequest read, String model) {
    if (model.equals(read.model())) {
      return List.of(body);
    }
    Buffer name =
        Buffer.buffer()
            .appendByte((byte) '"')
            .appendBytes(JsonStringEncoder.getInstance().quoteAsUTF8(model))
            .appendByte((byte) '"');
    return List.of(
        body.slice(0, read.modelStart()), name, body.slice(read.modelEnd(), body.length()));
  }
}
