package dev.sluice.redisdeployments;

import dev.sluice.testing.RedisProcess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user of redis/users.acl, who may do what Sluice needs and nothing else. */
class AclIT extends RedisContract {
  private static final String PASSWORD = "p@ss:w/rd %?#ü";

  @Override
  Deployment redis(Path folder) throws Exception {
    RedisProcess server = RedisProcess.start(folder, "aclfile " + file(folder).toAbsolutePath());
    return new Deployment(
        "redis://sluice:" + encodedPassword() + "@" + server.address(),
        "",
        StandaloneIT.admin("redis://admin:root@" + server.address()),
        server::close);
  }

  static String encodedPassword() {
    return URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** As it is shipped, with an administrator beside, who is not the product's. */
  static Path file(Path folder) throws Exception {
    String shipped =
        Files.readString(Path.of("redis/users.acl"))
            .replace(">change-this-password", "#" + sha256(PASSWORD));
    return Files.writeString(
        folder.resolve("users.acl"), shipped + "user admin on >root ~* &* +@all\n");
  }

  private static String sha256(String text) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(
            java.security.MessageDigest.getInstance("SHA-256")
                .digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
