package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes the way of a descriptor through the rules once more, and tells where it ended. */
final class RuleWalk {
  private final RuleTree tree;
  private final Query query;

  RuleWalk(RuleTree tree, Query query) {
    this.tree = tree;
    this.query = query;
  }

  /** What each descriptor of the query met, in their order. */
  List<Met> all() {
    List<Met> all = new ArrayList<>(query.descriptors().size());
    for (Descriptor descriptor : query.descriptors()) {
      Met met = met(descriptor);
      all.add(
          descriptor
              .ownLimit()
              .filter(own -> tree.has(query.domain()))
              .<Met>map(own -> new Met.ByRequest(Asked.limit(own), met))
              .orElse(met));
    }
    all.replaceAll(each -> replaced(each, all));
    return all;
  }

  private Met met(Descriptor descriptor) {
    Optional<RuleNode> domain = tree.domain(query.domain());
    if (domain.isEmpty()) {
      return new Met.UnknownDomain(tree.someDomains());
    } else if (descriptor.entries().isEmpty()) {
      return new Met.NoEntries();
    }
    RuleNode level = domain.get();
    List<String> path = new ArrayList<>();
    for (Entry entry : descriptor.entries()) {
      @Nullable RuleNode next = level.child(entry, entry.key() + "_" + entry.value());
      if (next == null) {
        return new Met.NoLevel(path.size() + 1, entry, path, level.someNames(entry.key()));
      }
      level = next;
      path.add(level.composite());
    }
    Optional<RuleOrigin> origin = level.origin();
    List<String> known = level.someNames("");
    return level
        .rule()
        .<Met>map(rule -> new Met.ByRule(rule, origin, List.of()))
        .orElseGet(() -> new Met.NoLimit(path, origin, known));
  }

  /** As {@link Asked} has it: what is replaced still replaces, and what is unlimited stays. */
  private static Met replaced(Met met, List<Met> all) {
    if (!(met instanceof Met.ByRule its) || its.rule().limit().isEmpty()) {
      return met;
    }
    List<String> by = new ArrayList<>();
    for (Met other : all) {
      if (other instanceof Met.ByRule one && one.rule().replaces().contains(its.rule().name())) {
        by.add(one.rule().key());
      }
    }
    return new Met.ByRule(its.rule(), its.origin(), by);
  }
}
