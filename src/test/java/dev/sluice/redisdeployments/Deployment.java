package dev.sluice.redisdeployments;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;

/**
 * A Redis as somebody runs it.
 *
 * @param url for sluice.yaml
 * @param yaml further lines of sluice.yaml
 * @param admin may do everything
 * @param stop ends it
 */
record Deployment(
    String url, String yaml, RedisClusterCommands<String, String> admin, Runnable stop) {}
