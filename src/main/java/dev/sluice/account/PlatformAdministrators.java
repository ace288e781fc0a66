package dev.sluice.account;

import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Those who administer the whole platform, above all organizations, as the vendor's file names
 * them.
 *
 * @param names like e-mail addresses, in lower case, sorted: upper and lower case are one
 */
public record PlatformAdministrators(Set<String> names) {
  /** No one. */
  public static final PlatformAdministrators NONE = new PlatformAdministrators(Set.of());

  private static final Pattern NAME =
      Pattern.compile("[^\\s@\\p{Cntrl}]{1,64}@[^\\s@\\p{Cntrl}]{1,190}");

  public PlatformAdministrators {
    TreeSet<String> lower = new TreeSet<>();
    names.forEach(name -> lower.add(required(name)));
    names = Collections.unmodifiableSet(lower);
  }

  public boolean includes(String name) {
    return names.contains(name.toLowerCase(Locale.ROOT));
  }

  /** These and one more. */
  public PlatformAdministrators with(String name) {
    Set<String> more = new TreeSet<>(names);
    more.add(name);
    return new PlatformAdministrators(more);
  }

  private static String required(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidRecord(
          "admins", "expected a name like ada@example.org, found \"" + Names.shown(name) + "\"");
    }
    return name.toLowerCase(Locale.ROOT);
  }
}
