package dev.sluice.comparison;

/**
 * A key in Redis.
 *
 * @param seconds until it ends; negative when it does not
 */
record Counter(long value, long seconds) {}
