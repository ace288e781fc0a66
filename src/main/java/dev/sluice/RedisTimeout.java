package dev.sluice;

import java.time.Duration;

/**
 * How long a call to Redis may take.
 *
 * @param setting that says so, and its variable
 */
record RedisTimeout(String setting, Duration time) {}
