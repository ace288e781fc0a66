package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a descriptor takes to find its rule among so many, and what that allocates. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RuleMatching {
  private static final String DOMAIN = "bench";

  /** Exact ones, all of one level. */
  @Param({"10", "100000"})
  private int rules;

  @Param({"exact", "bare", "nested", "wildcard_1", "wildcard_10", "wildcard_100", "nothing"})
  private String met = "";

  private RuleTree tree = RuleTree.EMPTY;
  private Descriptor descriptor = descriptor();

  /** Makes the rules, and a descriptor that meets one in the middle of them. */
  @Setup
  public void fill() {
    RuleNode domain = RuleNode.domain();
    for (int i = 0; i < rules; i++) {
      domain.add(node("path_/v1/models/" + i));
    }
    domain.add(node("user"));
    RuleNode tenant = new RuleNode("tenant_acme", Optional.empty(), false, false, Optional.empty());
    tenant.add(node("user"));
    domain.add(tenant);
    int wildcards = met.startsWith("wildcard_") ? Integer.parseInt(met.substring(9)) : 0;
    for (int i = 0; i < wildcards; i++) {
      domain.add(node("file_" + i + "/*"));
    }
    tree = new RuleTree(Map.of(DOMAIN, domain));
    descriptor =
        switch (met) {
          case "exact" -> descriptor(new Entry("path", "/v1/models/" + rules / 2));
          case "bare" -> descriptor(new Entry("user", "ada"));
          case "nested" -> descriptor(new Entry("tenant", "acme"), new Entry("user", "ada"));
          case "nothing" -> descriptor(new Entry("path", "/v1/none"));
          default -> descriptor(new Entry("file", wildcards - 1 + "/readme"));
        };
    if (match().isPresent() == met.equals("nothing")) {
      throw new IllegalStateException(met + " does not meet what it should");
    }
  }

  private static RuleNode node(String composite) {
    Rule rule =
        new Rule(
            DOMAIN,
            List.of(composite),
            Optional.of(new Limit(1_000, 60, Algorithm.FIXED, "")),
            "",
            List.of(),
            false,
            false,
            false,
            Metadata.Fields.NONE);
    return new RuleNode(composite, Optional.of(rule), false, false, Optional.empty());
  }

  private static Descriptor descriptor(Entry... entries) {
    return new Descriptor(List.of(entries), Optional.empty(), OptionalLong.empty());
  }

  /** What is measured. */
  @Benchmark
  public Optional<RuleTree.Match> match() {
    return tree.match(DOMAIN, descriptor);
  }
}
