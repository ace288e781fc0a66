package dev.sluice.account;

import java.util.List;

/**
 * A kind of record.
 *
 * @param label as it is written in Redis keys, in the audit and in files
 */
public record RecordKind<R extends AccountRecord>(String label, Class<R> type) {
  public static final RecordKind<Organization> ORGANIZATION =
      new RecordKind<>("organization", Organization.class);
  public static final RecordKind<Project> PROJECT = new RecordKind<>("project", Project.class);
  public static final RecordKind<User> USER = new RecordKind<>("user", User.class);
  public static final RecordKind<ApiKey> KEY = new RecordKind<>("key", ApiKey.class);

  /** Each after those that it refers to. */
  public static final List<RecordKind<? extends AccountRecord>> ALL =
      List.of(ORGANIZATION, USER, PROJECT, KEY);

  /** The kind of a record. */
  public static RecordKind<? extends AccountRecord> of(AccountRecord record) {
    if (record instanceof Organization) {
      return ORGANIZATION;
    } else if (record instanceof Project) {
      return PROJECT;
    } else if (record instanceof User) {
      return USER;
    }
    return KEY;
  }
}
