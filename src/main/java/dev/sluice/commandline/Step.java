package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import java.util.List;

/** Something that has to be done so that the accounts are as they were declared. */
sealed interface Step {
  /** As it is shown: {@code +} for what is new, {@code ~} for what changes. */
  String line();

  /** A record that is not there. */
  record Create(AccountRecord record) implements Step {
    @Override
    public String line() {
      return "+ " + RecordKind.of(record).label() + " " + name(record);
    }
  }

  /**
   * A record that is otherwise.
   *
   * @param differences by field
   */
  record Change(Stored<? extends AccountRecord> replacement, List<String> differences)
      implements Step {
    public Change {
      differences = List.copyOf(differences);
    }

    @Override
    public String line() {
      AccountRecord record = replacement.record();
      return "~ "
          + RecordKind.of(record).label()
          + " "
          + name(record)
          + ": "
          + String.join("; ", differences);
    }
  }

  /** A key that is not there. */
  record Issue(KeyIssuer.Order order) implements Step {
    @Override
    public String line() {
      return "+ key " + order.organization() + "/" + order.user() + "/" + order.terms().name();
    }
  }

  private static String name(AccountRecord record) {
    return record.organization().equals(record.id())
            && RecordKind.of(record).equals(RecordKind.ORGANIZATION)
        ? record.id()
        : record.organization() + "/" + record.id();
  }
}
