package dev.sluice.config;

import dev.sluice.account.InvalidRecord;
import dev.sluice.account.PlatformAdministrators;
import java.util.Optional;

/**
 * Reads {@code admins}, which stand below {@code db-admin} in the vendor's first version and below
 * {@code auth-and-billing} in the second. What else stands there is not ours.
 */
final class AdministratorsReader {
  private PlatformAdministrators all = PlatformAdministrators.NONE;
  private Optional<Field> earlier = Optional.empty();

  PlatformAdministrators all() {
    return all;
  }

  void read(Field section) {
    section.read(
        fields -> {
          fields.all();
          admins(fields.field("admins"));
        });
  }

  private void admins(Field list) {
    PlatformAdministrators here = PlatformAdministrators.NONE;
    for (Field item : list.items()) {
      Optional<String> name = item.required().text();
      if (name.filter(here::includes).isPresent()) {
        item.error(name.get() + " stands twice here (upper and lower case are one); remove one");
      } else if (name.isPresent()) {
        here = with(name.get(), here, item);
      }
    }
    for (String name : here.names()) {
      all = all.with(name);
    }
    if (list.isPresent()) {
      earlier.ifPresent(
          first ->
              list.warning(
                  "%s is there as well, in %s: all of both are administrators"
                      .formatted(first.path(), first.place())));
      earlier = Optional.of(list);
    }
  }

  private static PlatformAdministrators with(
      String name, PlatformAdministrators others, Field item) {
    try {
      return others.with(name);
    } catch (InvalidRecord e) {
      item.error(e.problem());
      return others;
    }
  }
}
