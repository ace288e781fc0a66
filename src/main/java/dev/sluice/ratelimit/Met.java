package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.List;
import java.util.Optional;

/** What a descriptor met in the rules, or why it met nothing. */
public sealed interface Met {
  /**
   * There are no rules of its domain.
   *
   * @param known domains; of many some
   */
  record UnknownDomain(List<String> known) implements Met {
    public UnknownDomain {
      known = List.copyOf(known);
    }
  }

  /** It has no entries, and rules begin below the domain. */
  record NoEntries() implements Met {}

  /**
   * An entry leads to no level.
   *
   * @param depth of the entry, from 1
   * @param path the levels that the entries before it led to
   * @param known what might have stood here, as {@code key_value} or {@code key}; of many those
   *     that begin with the key, of very many some
   */
  record NoLevel(int depth, Entry entry, List<String> path, List<String> known) implements Met {
    public NoLevel {
      path = List.copyOf(path);
      known = List.copyOf(known);
    }
  }

  /**
   * All entries were matched, and no limit stands there: it is let pass.
   *
   * @param known what may follow, as in {@link NoLevel}
   */
  record NoLimit(List<String> path, Optional<RuleOrigin> origin, List<String> known)
      implements Met {
    public NoLimit {
      path = List.copyOf(path);
      known = List.copyOf(known);
    }
  }

  /**
   * A rule.
   *
   * @param replacedBy the rules of the same query that replace it; empty when it holds
   */
  record ByRule(Rule rule, Optional<RuleOrigin> origin, List<String> replacedBy) implements Met {
    public ByRule {
      replacedBy = List.copyOf(replacedBy);
    }
  }

  /**
   * The limit that the request brought for it.
   *
   * @param bypassed what the rules would have said
   */
  record ByRequest(Limit limit, Met bypassed) implements Met {}
}
