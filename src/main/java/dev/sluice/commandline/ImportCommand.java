package dev.sluice.commandline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.redis.RecordJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
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
  /** Of chars; no record comes near it. */
  private static final int LONGEST_LINE = 1 << 20;

  private final RecordJson json = new RecordJson();
  private final ObjectMapper mapper =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

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
          try (Reader in = in()) {
            BoundedLines lines = new BoundedLines(in, LONGEST_LINE);
            long number = 0;
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
              number++;
              if (!line.get().isBlank()) {
                take(session, number, line.get());
              }
            }
          } catch (CharacterCodingException e) {
            throw new CommandFailed("cannot read: it is not UTF-8");
          } catch (IOException e) {
            throw new CommandFailed("cannot read: " + e.getMessage());
          }
          shared.say(
              "%d created, %d changed, %d as they were, %d refused"
                  .formatted(created, changed, same, refused));
          return refused == 0 ? 0 : 1;
        });
  }

  /** What is no UTF-8 is an error, not a letter that nobody wrote. */
  private Reader in() throws IOException {
    InputStream from = file == null ? System.in : Files.newInputStream(file);
    return new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8.newDecoder()));
  }

  private void take(Session session, long number, String line) {
    if (line.length() > LONGEST_LINE) {
      refuse(number, "is longer than " + LONGEST_LINE + " characters");
      return;
    }
    try {
      JsonNode node = mapper.readTree(line);
      RecordKind<? extends AccountRecord> kind =
          RecordKind.ALL.stream()
              .filter(one -> one.label().equals(node.path("type").asText()))
              .findFirst()
              .orElseThrow(() -> new CommandFailed("type: no kind of record"));
      AccountRecord record = json.read(kind, node).record();
      put(session, kind, record);
      // A backup of others may be of other tiers: it is taken, and said.
      shared.warnOfTier(record);
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
