package dev.sluice.demo;

import com.fasterxml.jackson.databind.node.TextNode;

/**
 * The events of one stream as text. What all its chunks have in common is written once; the tokens
 * are plain letters and blanks, which JSON needs no escapes for.
 */
final class ChunkFormat {
  private final Generation generation;
  private final String head;
  private final String tail;

  ChunkFormat(Generation generation) {
    this.generation = generation;
    Completion completion = generation.completion();
    head =
        "data: {\"id\":\""
            + completion.id()
            + "\",\"object\":\"chat.completion.chunk\",\"created\":"
            + UsageJson.seconds(generation.startedAt())
            + ",\"model\":"
            + Json.text(TextNode.valueOf(completion.request().model()))
            + ",\"system_fingerprint\":"
            + Json.text(TextNode.valueOf(completion.fingerprint()))
            + ",\"choices\":[";
    tail = (completion.request().includeUsage() ? ",\"usage\":null" : "") + "}\n\n";
  }

  /** The tokens of the whole from one to before another: one chunk for each choice in it. */
  String tokens(int from, int to) {
    Completion completion = generation.completion();
    int choices = completion.request().choices();
    StringBuilder events = new StringBuilder();
    for (int first = from; first < Math.min(to, from + choices); first++) {
      int choice = first % choices;
      events.append(head).append("{\"index\":").append(choice).append(",\"delta\":{");
      if (first < choices) {
        events.append("\"role\":\"assistant\",");
      }
      events.append("\"content\":\"");
      for (int token = first; token < to; token += choices) {
        events.append(completion.token(choice, token / choices));
      }
      events.append("\"},\"logprobs\":null,\"finish_reason\":null}]").append(tail);
    }
    return events.toString();
  }

  /** What follows the last token. */
  String end() {
    Completion completion = generation.completion();
    StringBuilder events = new StringBuilder();
    for (int choice = 0; choice < completion.request().choices(); choice++) {
      events
          .append(head)
          .append("{\"index\":")
          .append(choice)
          .append(",\"delta\":{},\"logprobs\":null,\"finish_reason\":\"")
          .append(completion.finishReason())
          .append("\"}]")
          .append(tail);
    }
    if (completion.request().includeUsage()) {
      String usage = Json.text(UsageJson.of(generation));
      events.append(head).append("],\"usage\":").append(usage).append("}\n\n");
    }
    return events.append("data: [DONE]\n\n").toString();
  }
}
