package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user of Redis who lacks something. */
class AclFaultsIT {
  @TempDir private Path folder;

  @Test
  void commandsThatTheUserMayNotRun_areNamedAtTheStart() throws Exception {
    Path file = AclIT.file(folder);
    Files.writeString(file, Files.readString(file).replace(" +xadd", "").replace(" +incrby", ""));
    String url = "redis://sluice:" + AclIT.encodedPassword() + "@";
    try (RedisProcess redis = RedisProcess.start(folder, "aclfile " + file.toAbsolutePath());
        Running sluice = Running.on(url + redis.address(), folder, "")) {
      await().until(() -> sluice.logged("lacks the permission for INCRBY, XADD") == 1);

      assertThat(sluice.commands().run("orgs", "create", "acme").said())
          .contains("can't run this command");
      assertThat(sluice.process().log()).contains("*****@").doesNotContain("p%40ss", "p@ss");
    }
  }

  @Test
  void scriptsThatTheUserMayNotRun_areNamedInTheLog() throws Exception {
    Path file = AclIT.file(folder);
    Files.writeString(file, Files.readString(file).replace(" +evalsha", ""));
    String url = "redis://sluice:" + AclIT.encodedPassword() + "@";
    try (RedisProcess redis = RedisProcess.start(folder, "aclfile " + file.toAbsolutePath());
        Running sluice = Running.on(url + redis.address(), folder, "")) {
      await().until(() -> sluice.logged("does not serve: NOPERM") == 1);
      assertThat(sluice.process().log()).contains("evalsha", "redis/users.acl");
    }
  }
}
