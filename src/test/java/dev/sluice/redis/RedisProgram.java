package dev.sluice.redis;

/** Where the redis-server is that the tests start. */
public final class RedisProgram {
  private RedisProgram() {}

  public static String path() {
    return RedisBinary.find().path();
  }
}
