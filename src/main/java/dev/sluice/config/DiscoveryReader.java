package dev.sluice.config;

import dev.sluice.config.RateLimitServerConfig.RuleSource;
import dev.sluice.config.RateLimitServerConfig.RuleSource.Discovery;
import dev.sluice.config.RateLimitServerConfig.RuleSource.DiscoveryTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads where a server of configuration is, and how it is asked. */
final class DiscoveryReader {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Pattern SERVER = Pattern.compile("[^\\s/,]+:[0-9]{1,5}");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_.-]+");

  private DiscoveryReader() {}

  /**
   * @param file of the settings, beside which relative paths start
   */
  static RuleSource read(Fields fields, Path file) {
    boolean tls = fields.field("useTls").trueOrFalse().orElse(false);
    boolean jitter = fields.field("jitter").trueOrFalse().orElse(true);
    double factor = fields.field("randomFactor").share().orElse(0.5);
    Duration first =
        fields.field("firstWait").duration(SHORTEST, HOUR).orElse(Duration.ofSeconds(10));
    Duration longest =
        fields.field("longestWait").duration(SHORTEST, HOUR).orElse(Duration.ofSeconds(60));
    return new Discovery(
        fields
            .field("server")
            .value("host:port", text -> Optional.of(text).filter(SERVER.asMatchPredicate()))
            .orElse("localhost:18000"),
        fields.field("nodeId").text().orElse("default"),
        NameValuePairs.read(fields.field("nodeMetadata").secret(), Pattern.compile(".+")),
        NameValuePairs.read(fields.field("headers").secret(), HEADER),
        tls
            ? Optional.of(new DiscoveryTls(TlsReader.readClient(fields.field("tls"), file)))
            : Optional.empty(),
        fields.field("serverName").text(),
        fields.field("maxMessageBytes").wholeNumber(1024, Integer.MAX_VALUE).orElse(4 << 20),
        first,
        longest.compareTo(first) < 0 ? first : longest,
        jitter ? factor : 0);
  }
}
