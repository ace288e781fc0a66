package dev.sluice.redisdeployments;

import dev.sluice.testing.Authority;
import dev.sluice.testing.RedisProcess;
import java.nio.file.Path;

/** TLS in both directions: each side has a certificate of an authority that only they know. */
class TlsIT extends RedisContract {
  @Override
  Deployment redis(Path folder) {
    Authority authority = new Authority("private");
    authority.write(folder.resolve("ca.crt"));
    Authority.write(folder, "redis", authority.issue("redis"));
    Authority.write(folder, "sluice", authority.issue("sluice"));
    int tls = RedisProcess.freePort();
    RedisProcess server =
        RedisProcess.start(
            folder,
            "tls-port " + tls,
            "tls-cert-file " + folder.resolve("redis.crt"),
            "tls-key-file " + folder.resolve("redis.key"),
            "tls-ca-cert-file " + folder.resolve("ca.crt"),
            "tls-auth-clients yes");
    return new Deployment(
        "rediss://127.0.0.1:" + tls,
        "redisTls: {ca: ca.crt, certificate: sluice.crt, key: sluice.key}\n",
        StandaloneIT.admin("redis://" + server.address()),
        server::close);
  }
}
