package dev.sluice.redis;

import java.util.Map;

/**
 * Time as the tests set it: scripts that are loaded here read it from a hash of the organization,
 * where the shipped ones ask Redis.
 */
final class VirtualClock {
  private static final String ASK_REDIS = "redis.call('TIME')";

  private final Store store;
  private final String key;

  VirtualClock(Store store, String organization) {
    this.store = store;
    this.key = new Keys(organization).prefix() + "clock";
  }

  Script load(String name) {
    Script shipped = Script.shipped(name);
    return new Script(
        name, shipped.text().replace(ASK_REDIS, "redis.call('HMGET', '" + key + "', 's', 'us')"));
  }

  void set(long millis) {
    String seconds = Long.toString(millis / 1000);
    String micros = Long.toString(millis % 1000 * 1000);
    store.commands().hset(key, Map.of("s", seconds, "us", micros));
  }
}
