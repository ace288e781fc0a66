package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeySecret;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.Network;
import dev.sluice.account.Organization;
import dev.sluice.account.Permission;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RecordJsonTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final OwnLimits LIMITS =
      OwnLimits.of(
          LimitText.parse("100/1m"),
          LimitText.parse("1000000000000/366d:m:{x}"),
          LimitText.parse("running=0"));
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final RecordJson json = new RecordJson();

  static Stream<AccountRecord> records() {
    KeyAge age = new KeyAge(Duration.ofDays(60), Duration.ofDays(90));
    KeyTerms terms =
        new KeyTerms(
            "שלום 👩‍🚀",
            "dev",
            Set.of(Permission.USAGE_READ),
            Set.of("m"),
            Set.of(Network.parse("::1")),
            Optional.of("web"),
            LIMITS,
            Optional.of(NOW));
    KeySecret secret = new KeySecret(HASH, "abcd", NOW);
    KeySecret older = new KeySecret("f".repeat(64), "efgh", NOW.minusSeconds(1));
    return Stream.of(
        new Organization("acme", "Acme", Optional.empty()),
        new Organization("acme", "\"{}\"", Optional.of("web"), Optional.of(age), LIMITS, true),
        new Project("acme", "p", "P", Optional.of("web"), Set.of("u", "v"), LIMITS, true),
        new User("acme", "u", "U", Role.FINOPS, Optional.empty()),
        new User(
            "acme",
            "u",
            "U",
            User.Kind.SERVICE_ACCOUNT,
            Role.DEVELOPER,
            Optional.of("t"),
            LIMITS,
            true),
        new ApiKey(
            "acme",
            "k",
            "p",
            "u",
            terms,
            NOW,
            secret,
            Optional.of(new ApiKey.Previous(older, NOW.plusSeconds(9))),
            true));
  }

  @ParameterizedTest
  @MethodSource("records")
  void read_written_isTheSame(AccountRecord record) {
    byte[] stored = bytes(json.write(record, 7));

    assertThat(json.read(RecordKind.of(record), stored))
        .isEqualTo(new Stored<AccountRecord>(record, 7));
  }

  /** As the first version wrote them. */
  @Test
  void read_olderRecords_haveDefaults() {
    assertThat(read(RecordKind.ORGANIZATION, "{'organization':'acme','id':'acme','name':'A'}"))
        .isEqualTo(new Stored<>(new Organization("acme", "A", Optional.empty()), 1));
    assertThat(
            read(
                RecordKind.USER,
                "{'organization':'acme','id':'u','name':'U','role':'DEVELOPER','tier':'web'}"))
        .isEqualTo(new Stored<>(new User("acme", "u", "U", Role.DEVELOPER, Optional.of("web")), 1));
    ApiKey key =
        read(
                RecordKind.KEY,
                "{'organization':'acme','id':'k','name':'n','project':'p','user':'u',"
                    + "'secretHash':'%s','lastFour':'abcd','revoked':false}".formatted(HASH))
            .record();
    assertThat(key.terms()).isEqualTo(KeyTerms.named("n"));
    assertThat(key.created()).isEqualTo(Instant.EPOCH);
    assertThat(key.secret()).isEqualTo(new KeySecret(HASH, "abcd", Instant.EPOCH));
    assertThat(key.previous()).isEmpty();
  }

  @Test
  void read_wordsOfANewerVersion_arePassedOver() {
    assertThat(
            read(RecordKind.USER, "{'organization':'a','id':'u','name':'U','role':'EMPEROR'}")
                .record()
                .role())
        .isEqualTo(Role.DEVELOPER);
    assertThat(
            read(
                    RecordKind.KEY,
                    "{'organization':'a','id':'k','name':'n','project':'p','user':'u',"
                        + "'permissions':['models','levitation'],'secretHash':'"
                        + HASH
                        + "','lastFour':'abcd','wings':2}")
                .record()
                .terms()
                .permissions())
        .containsExactly(Permission.MODELS);
  }

  @Test
  void read_nameThatMayNoLongerBeGiven_isMended() {
    String name = "a\\u0000b\\u202Ec" + "x".repeat(300);
    assertThat(
            read(RecordKind.PROJECT, "{'organization':'a','id':'p','name':'" + name + "'}")
                .record()
                .name())
        .isEqualTo("a\uFFFDb\uFFFDc" + "x".repeat(195));
  }

  @Test
  void read_noJson_isNotRepeated() {
    assertThatThrownBy(() -> json.read(RecordKind.KEY, bytes("{\"secretHash\":\"" + HASH)))
        .hasMessage("a stored record is no JSON")
        .hasNoCause();
  }

  private <R extends AccountRecord> Stored<R> read(RecordKind<R> kind, String text) {
    return json.read(kind, bytes(text.replace('\'', '"')));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
