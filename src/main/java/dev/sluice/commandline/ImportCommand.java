package dev.sluice.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.redis.RecordJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reads accounts as they were exported. */
@Command(
    name = "import",
    description = {
      "Reads what export wrote: creates what is missing, and changes back what is otherwise.",
      "What was revoked since stays revoked. It may be repeated."
    },
    mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
  private static final List<RecordKind<? extends AccountRecord>> KINDS =
      List.of(RecordKind.ORGANIZATION, RecordKind.PROJECT, RecordKind.USER, RecordKind.KEY);

  private final RecordJson json = new RecordJson();
  private final ObjectMapper mapper = new ObjectMapper();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "Else standard input.")
  private @Nullable Path file;

  private long created;
  private long changed;
  private long same;
  private long refused;

  @Override
  public Integer call() {
    return shared.run(
        session -> {
          try (BufferedReader lines = lines()) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              number++;
              if (!line.isBlank()) {
                take(session, number, line);
              }
            }
          } catch (IOException e) {
            throw new CommandFailed("cannot read: " + e.getMessage());
          }
          shared.say(
              "%d created, %d changed, %d as they were, %d refused"
                  .formatted(created, changed, same, refused));
          return refused == 0 ? 0 : 1;
        });
  }

  private BufferedReader lines() throws IOException {
    return file == null
        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
        : Files.newBufferedReader(file);
  }

  private void take(Session session, long number, String line) {
    try {
      JsonNode node = mapper.readTree(line);
      RecordKind<? extends AccountRecord> kind =
          KINDS.stream()
              .filter(one -> one.label().equals(node.path("type").asText()))
              .findFirst()
              .orElseThrow(() -> new CommandFailed("type: no kind of record"));
      put(session, kind, json.read(kind, node).record());
    } catch (JsonProcessingException e) {
      // Without the text: it may hold the hash of a secret.
      refuse(number, "is no JSON");
    } catch (CommandFailed
        | IllegalStateException
        | IllegalArgumentException
        | DateTimeException e) {
      refuse(number, String.valueOf(e.getMessage()));
    }
  }

  private <R extends AccountRecord> void put(
      Session session, RecordKind<R> kind, AccountRecord record) {
    Optional<Stored<R>> found =
        session.await(session.accounts().read(kind, record.organization(), record.id()));
    if (found.isEmpty()) {
      session.await(session.accounts().restore(shared.actor(), record));
      created++;
    } else if (found.get().record().equals(record)) {
      same++;
    } else {
      Stored<R> replacement = found.get().with(kind.type().cast(record));
      session.await(session.accounts().replace(shared.actor(), replacement));
      changed++;
    }
  }

  private void refuse(long number, String why) {
    refused++;
    shared.say("line " + number + ": " + why);
  }
}
