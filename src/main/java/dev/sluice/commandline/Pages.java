package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Page;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The pages of a list, one after the other, however long it is. Blocks. */
final class Pages<R extends AccountRecord> implements Iterator<Page<R>> {
  private final Session session;
  private final Function<Optional<String>, CompletionStage<Page<R>>> pageAfter;
  private Optional<String> after = Optional.empty();
  private boolean over;

  Pages(Session session, Function<Optional<String>, CompletionStage<Page<R>>> pageAfter) {
    this.session = session;
    this.pageAfter = pageAfter;
  }

  @Override
  public boolean hasNext() {
    return !over;
  }

  @Override
  public Page<R> next() {
    if (over) {
      throw new NoSuchElementException();
    }
    Page<R> page = session.await(pageAfter.apply(after));
    after = page.next();
    over = after.isEmpty();
    return page;
  }
}
