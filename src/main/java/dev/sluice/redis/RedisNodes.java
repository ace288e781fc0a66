package dev.sluice.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where Redis is; {@link #toString} shows no password.
 *
 * @param all one, or for a cluster some of its nodes
 */
record RedisNodes(boolean cluster, List<RedisURI> all) {
  private static final String CLUSTER = "+cluster://";

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
    return uri;
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
