package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors of Redis 6.2 and 7, alone and from within a script. */
final class ComplaintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "READONLY | READONLY You can't write against a read only replica.",
        "READONLY | ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -READONLY"
            + " You can't write against a read only replica.",
        "READONLY | READONLY You can't write against a read only replica. script: 12, on"
            + " @user_script:1.",
        "LOADING | LOADING Redis is loading the dataset in memory",
        "MASTERDOWN | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to"
            + " 'no'.",
        "CLUSTERDOWN | CLUSTERDOWN Hash slot not served",
        "NOREPLICAS | NOREPLICAS Not enough good replicas to write.",
        "NOAUTH | NOAUTH Authentication required.",
        "WRONGPASS | WRONGPASS invalid username-password pair or user is disabled.",
        "NOPERM | NOPERM this user has no permissions to run the 'evalsha' command or its"
            + " subcommand",
        "NOPERM | ERR Error running script (call to f_1): @user_script:1: @user_script: 1: The user"
            + " executing the script can't run this command or subcommand",
        "NOPERM | ERR ACL failure in script: User sluice has no permissions to run the 'xadd'"
            + " command script: 12, on @user_script:1.",
        "OOM | OOM command not allowed when used memory > 'maxmemory'.",
        "MISCONF | MISCONF Redis is configured to save RDB snapshots",
        "BUSY | BUSY Redis is busy running a script.",
        "TRYAGAIN | TRYAGAIN Multiple keys request during rehashing of slot",
        "TRYAGAIN | ERR Error running script (call to f_1): @user_script:1: @user_script: 1: Lua"
            + " script attempted to access a non local key in a cluster node",
      })
  void errorOfAStateOrASetting_isKnown(Complaint complaint, String error) {
    assertThat(Complaint.in(error)).contains(complaint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERR the record of key k1 is missing",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "NOSCRIPT No matching script. Please use EVAL."
      })
  void errorOfACall_isNone(String error) {
    assertThat(Complaint.in(error)).isEmpty();
  }
}
