package dev.sluice.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Caller;
import dev.sluice.account.Names;
import dev.sluice.admission.Explain;
import dev.sluice.admission.Queues;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.Durations;
import dev.sluice.edge.explain.Asked;
import dev.sluice.edge.explain.ExplanationJson;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Why a request was refused, or would be. */
@Command(
    name = "explain",
    description = {
      "Shows why a request was refused, by its x-request-id; or what would become of a request with"
          + " a key for a model, rule by rule, without counting anything."
    },
    mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @ArgGroup(exclusive = true, multiplicity = "1")
  @SuppressWarnings("NullAway.Init")
  private About about;

  /** What is asked about. */
  static final class About {
    @Option(
        names = "--request",
        required = true,
        paramLabel = "ID",
        description = "The x-request-id that a client was told.")
    private @Nullable String request;

    @ArgGroup(exclusive = false)
    private @Nullable Imagined imagined;
  }

  /** A request that is not made. */
  static final class Imagined {
    @Option(names = "--organization", required = true, description = "Of the key.")
    @SuppressWarnings("NullAway.Init")
    private String organization;

    @Option(names = "--key", required = true, description = "Its id, as key-0123456789abcdef.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Option(names = "--model", required = true, description = "As clients ask for it.")
    @SuppressWarnings("NullAway.Init")
    private String model;

    @Option(names = "--at", description = "As 2026-12-01T06:00:00Z; else now.")
    private @Nullable String at;

    @Option(names = "--from", description = "The client's address, for keys with networks.")
    private @Nullable String from;

    @Option(names = "--batch", description = "Choices, prompts or inputs.")
    private @Nullable String batch;

    @Option(names = "--output-tokens", description = "Of each choice.")
    private @Nullable String outputTokens;

    @Option(
        names = "--end-user",
        description = "As a request would name it in safety_identifier or user; else none.")
    private @Nullable String endUser;

    @Option(
        names = "--ends-in",
        description = "Which text of the key, if it was rotated: its last four characters.")
    private @Nullable String endsIn;

    private Asked asked() {
      return new Asked(
          Optional.ofNullable(at),
          Optional.ofNullable(from),
          Optional.ofNullable(batch),
          Optional.ofNullable(outputTokens),
          Optional.ofNullable(endUser),
          Optional.ofNullable(endsIn));
    }
  }

  @Override
  public Integer call() {
    Imagined imagined = about.imagined;
    return imagined == null ? kept(Objects.requireNonNull(about.request)) : explained(imagined);
  }

  private int kept(String requestId) {
    return shared.run(
        session -> {
          List<String> refusals = session.await(session.refusals().of(requestId));
          if (refusals.isEmpty()) {
            throw new CommandFailed(nothingKept());
          }
          refusals.forEach(this::show);
          return 0;
        });
  }

  private String nothingKept() {
    SluiceConfig.Refusals settings = shared.configuration().settings().refusals();
    return settings.most() == 0
        ? "no refusals are kept: refusals.most is 0"
        : "no refusal of this request is kept: it was not refused, "
            + "or more than %s ago, or too many were since"
                .formatted(Durations.compact(settings.keepFor()));
  }

  private void show(String refusal) {
    if (shared.json()) {
      shared.print(refusal);
      return;
    }
    JsonNode fields = read(refusal);
    fields
        .properties()
        .forEach(
            field ->
                shared.print(
                    TerminalText.pad(field.getKey(), 14)
                        + (field.getValue() instanceof ObjectNode limit
                            ? ExplanationText.limit(limit)
                            : Names.line(field.getValue().asText()))));
    shared.print("");
  }

  private static JsonNode read(String refusal) {
    try {
      return JSON.readTree(refusal);
    } catch (JsonProcessingException e) {
      throw new CommandFailed("what is kept of this request is no JSON");
    }
  }

  private int explained(Imagined imagined) {
    if (!imagined.key.startsWith("key-")) {
      // What was typed may be a key: it is not repeated.
      throw new CommandFailed("--key: expected its id, as key-0123456789abcdef, never its text");
    }
    return shared.run(
        session -> {
          Caller caller = session.caller(imagined.organization, imagined.key);
          ObjectNode explanation =
              new ExplanationJson(shared.configuration().settings().gateway().busyStatus())
                  .write(
                      session.await(
                          explain(session)
                              .explain(imagined.asked().about(caller, imagined.model))));
          if (shared.json()) {
            shared.print(explanation.toString());
          } else {
            ExplanationText.lines(explanation).forEach(shared::print);
          }
          return 0;
        });
  }

  private Explain explain(Session session) {
    return new Explain(
        () -> shared.configuration().catalog(),
        session.counters(),
        this::queue,
        InstantSource.system());
  }

  /** As the files say; what waits is known to the servers. */
  private Queues.View queue(String model, String qos) {
    return new Queues.View(
        shared.configuration().slots().stream()
            .filter(slots -> slots.serves(model, qos))
            .map(slots -> slots.deployment())
            .toList(),
        Optional.empty());
  }
}
