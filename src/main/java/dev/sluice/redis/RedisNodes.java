package dev.sluice.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is; {@link #toString} shows no password.
 *
 * @param all one, or for a cluster some of its nodes
 */
record RedisNodes(boolean cluster, List<RedisURI> all) {
  private static final String CLUSTER = "+cluster://";

  /** Lettuce knows no such parameter: it asks sentinels without a password. */
  private static final Pattern SENTINEL_AUTH = Pattern.compile("[?&]sentinelAuth=([^&#]+)");

  static RedisNodes parse(String url) {
    int cluster = url.indexOf(CLUSTER);
    try {
      if (cluster < 0) {
        return new RedisNodes(false, List.of(node(url)));
      }
      String scheme = url.substring(0, cluster) + "://";
      String rest = url.substring(cluster + CLUSTER.length());
      String credentials = rest.substring(0, rest.lastIndexOf('@') + 1);
      String hosts = rest.substring(credentials.length());
      int end = hosts.replace('?', '/').indexOf('/');
      String parameters = end < 0 ? "" : hosts.substring(end);
      List<RedisURI> nodes = new ArrayList<>();
      for (String host : hosts.substring(0, end < 0 ? hosts.length() : end).split(",", -1)) {
        nodes.add(node(scheme + credentials + host + parameters));
      }
      return new RedisNodes(true, List.copyOf(nodes));
    } catch (IllegalArgumentException e) {
      // Not with the cause: its message repeats the URL, password included.
      throw new IllegalArgumentException(
          "not a URL of Redis; expected redis://, rediss://, redis-sentinel:// or redis+cluster://"
              + " with a host");
    }
  }

  private static RedisURI node(String url) {
    RedisURI uri = RedisURI.create(url);
    // Of the handshake; calls have their own deadline.
    uri.setTimeout(Duration.ofSeconds(2));
    Matcher auth = SENTINEL_AUTH.matcher(url);
    if (auth.find()) {
      RedisCredentials credentials =
          credentials(URLDecoder.decode(auth.group(1), StandardCharsets.UTF_8));
      uri.getSentinels()
          .forEach(
              sentinel ->
                  sentinel.setCredentialsProvider(new StaticCredentialsProvider(credentials)));
    }
    return uri;
  }

  /** {@code user:password}, or a password. */
  private static RedisCredentials credentials(String auth) {
    int colon = auth.indexOf(':');
    return RedisCredentials.just(
        colon < 0 ? null : auth.substring(0, colon), auth.substring(colon + 1));
  }

  boolean tls() {
    return all.get(0).isSsl();
  }

  @Override
  public String toString() {
    List<String> names = new ArrayList<>();
    for (RedisURI node : all) {
      if (node.getSentinels().isEmpty()) {
        names.add(node.getHost() + ":" + node.getPort());
      } else {
        names.add("sentinel " + node.getSentinelMasterId());
      }
    }
    return String.join(",", names);
  }
}
