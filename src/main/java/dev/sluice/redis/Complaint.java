package dev.sluice.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An error with which Redis says that it does not serve now: of its state or its settings, not of
 * the call. Unless a script was not permitted a command in its middle, the call took no effect.
 */
enum Complaint {
  READONLY(
      true, "it is a replica, which a failover may have made of it: Sluice looks for the master"),
  LOADING(false, "it reads its data after a start, and serves when it has: wait"),
  MASTERDOWN(
      true, "it is a replica without a connection to its master: see INFO replication there"),
  CLUSTERDOWN(true, "the cluster has slots without a master, or no majority: see CLUSTER INFO"),
  NOREPLICAS(
      true, "it has fewer replicas than min-replicas-to-write asks for: see INFO replication"),
  NOAUTH(
      true,
      "it wants a password: write user and password into the URL, redis://user:password@host"),
  WRONGPASS(
      false, "user or password is wrong, or the user is off: correct the URL, or ACL SETUSER"),
  NOPERM(false, "the user lacks a permission: redis/users.acl has what Sluice needs"),
  OOM(
      false,
      "its memory is full, and nothing new is counted: raise maxmemory, or find what fills it"),
  MISCONF(
      false, "it cannot write to its disk, and refuses writes: see INFO persistence and the disk"),
  BUSY(false, "a script runs for too long there: see SLOWLOG, SCRIPT KILL"),
  /** Nothing is logged: such a call is repeated until its deadline. */
  TRYAGAIN(false, "the slot is on its way to another node");

  private static final Pattern CODE =
      Pattern.compile(
          "(?:^|[\\s:-])(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM"
              + "|OOM|MISCONF|BUSY|TRYAGAIN)\\b");

  /** As Redis 6.2 and 7 call a command in a script that the user may not run. */
  private static final Pattern NOT_PERMITTED =
      Pattern.compile("can't run this command|ACL failure in script|can't access .*keys");

  private final boolean elsewhere;
  private final String advice;

  Complaint(boolean elsewhere, String advice) {
    this.elsewhere = elsewhere;
    this.advice = advice;
  }

  /** Whether to connect again may lead to a server that serves. */
  boolean elsewhere() {
    return elsewhere;
  }

  /** Whether it comes before a script has changed anything; not only, perhaps, in its middle. */
  boolean changedNothing() {
    return this != NOPERM && this != TRYAGAIN;
  }

  /** What it means and what to do. */
  String advice() {
    return advice;
  }

  /** What an error says, perhaps from within a script. */
  static Optional<Complaint> in(String error) {
    Matcher code = CODE.matcher(error);
    if (code.find()) {
      return Optional.of(valueOf(code.group(1)));
    }
    if (NOT_PERMITTED.matcher(error).find()) {
      return Optional.of(NOPERM);
    }
    // In the middle of a script, whose keys are partly there and partly here.
    return error.contains("non local key") ? Optional.of(TRYAGAIN) : Optional.empty();
  }
}
