package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to get tiers and deployments wrong, with the words that say it. */
final class TierMistakesTest {
  private final Path folder;

  TierMistakesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** A file, in which {@code ⏎} ends a line; and all that is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "serviceTiers: 1 | f:1: serviceTiers: expected a map, found a single value",
        "serviceTiers: [a] | f:1: serviceTiers: expected a map, found a list",
        "serviceTiers:⏎  '': [] | f:2: serviceTiers.: a tier needs a name",
        "serviceTiers:⏎  a: b | f:2: serviceTiers.a: expected a list or a map, found a single value",
        "serviceTiers:⏎  a:⏎  - b | f:3: serviceTiers.a[0]: expected a map, found a single value",
        "serviceTiers:⏎  a:⏎  - | f:3: serviceTiers.a[0]: missing: expected a map",
        "serviceTiers:⏎  a:⏎  - {} | f:3: serviceTiers.a[0].models: missing: expected a list",
        "serviceTiers:⏎  a: {} | f:2: serviceTiers.a.models: missing: expected a list",
        "serviceTiers:⏎  a:⏎  - models: [] | f:3: serviceTiers.a[0].models: expected at least one item, found none",
        "serviceTiers:⏎  a:⏎  - models: m | f:3: serviceTiers.a[0].models: expected a list, found a single value",
        "serviceTiers:⏎  a:⏎  - models: [[m]] | f:3: serviceTiers.a[0].models[0]: expected a text, found a list",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    qos: [q] | f:4: serviceTiers.a[0].qos: expected a text, found a list",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    qos: '' | f:4: serviceTiers.a[0].qos: expected a text, found \"\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    queueDepth: -1 | f:4: serviceTiers.a[0].queueDepth: expected a whole number of 0 or more, found \"-1\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    queueDepth: 1e3 | f:4: serviceTiers.a[0].queueDepth: expected a whole number of 0 or more, found \"1e3\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    maxBatchSize: 0 | f:4: serviceTiers.a[0].maxBatchSize: expected a whole number of 1 or more, found \"0\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    maxOutputTokens: 1.5 | f:4: serviceTiers.a[0].maxOutputTokens: expected a whole number of 1 or more, found \"1.5\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    maxOutputTokens: 5⏎    maxCompletionTokens: 5 | f:5: serviceTiers.a[0].maxCompletionTokens: maxOutputTokens, which means the same, stands here too; remove one",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    scope: user | f:4: serviceTiers.a[0].scope: expected one of model, block, tier, found \"user\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    shadow: 5 | f:4: serviceTiers.a[0].shadow: expected true or false, found \"5\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {allowedRequests: 1, periodSeconds: 1, shadow: yes} | f:4: serviceTiers.a[0].rates.shadow: expected true or false, found \"yes\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: 5 | f:4: serviceTiers.a[0].rates: expected a list or a map, found a single value",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: [5] | f:4: serviceTiers.a[0].rates[0]: expected a map, found a single value",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {periodSeconds: 5} | f:4: serviceTiers.a[0].rates.allowedRequests: missing: expected a whole number of 0 or more",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates:⏎    - allowedRequests: 5 | f:5: serviceTiers.a[0].rates[0].periodSeconds: missing: expected a whole number from 1 to 31622400",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {allowedRequests: 5, periodSeconds: 0} | f:4: serviceTiers.a[0].rates.periodSeconds: expected a whole number from 1 to 31622400, found \"0\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {allowedRequests: 5, periodSeconds: 31622401} | f:4: serviceTiers.a[0].rates.periodSeconds: expected a whole number from 1 to 31622400, found \"31622401\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {allowedTokens: all, periodSeconds: 60} | f:4: serviceTiers.a[0].rates.allowedTokens: expected a whole number of 0 or more, found \"all\"",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎  a: [] | f:4: serviceTiers.a: this key stands twice, first in line 2; remove one",
        "serviceTiers: {a: []}⏎---⏎serviceTiers: {a: []} | f:3: serviceTiers.a: this tier stands twice, first at f:1; remove one",
        "serviceTiers:⏎  a: {inherits: b} | f:2: serviceTiers.a.inherits: there is no tier b",
        "serviceTiers:⏎  gold: [{models: [m]}]⏎  a: {inherits: gld} | f:3: serviceTiers.a.inherits: there is no tier gld; did you mean \"gold\"?",
        "serviceTiers:⏎  a: {inherits: b}⏎  b: {inherits: c}⏎  c: {inherits: d} | f:4: serviceTiers.c.inherits: there is no tier d (a → b → c → d)",
        "serviceTiers:⏎  a: {inherits: free} | f:2: serviceTiers.a.inherits: there is no tier free in the files, and the built-in one cannot be inherited: write it out",
        "serviceTiers:⏎  a: {inherits: a} | f:2: serviceTiers.a.inherits: inherits in a circle: a → a",
        "serviceTiers:⏎  x: {inherits: a}⏎  a: {inherits: b}⏎  b:⏎  - inherits: c⏎  c: {inherits: a} | f:6: serviceTiers.c.inherits: inherits in a circle: a → b → c → a",
        "serviceTiers:⏎  maintenance: [{models: [m]}]⏎  a: {inherits: maintenance} | f:3: serviceTiers.a.inherits: the tier maintenance speaks of models, not of users: write it out",
        "serviceTiers:⏎  a: {inherits: [b]} | f:2: serviceTiers.a.inherits: expected a text, found a list",
        "serviceTiers:⏎  a:⏎    overrides: {qos: b} | f:3: serviceTiers.a.overrides: needs inherits beside it, the tier of which it overrides fields",
        "serviceTiers:⏎  b: [{models: [m]}]⏎  a:⏎    inherits: b⏎    overrides: fast | f:5: serviceTiers.a.overrides: expected a list or a map, found a single value",
        "serviceTiers:⏎  b: [{models: [m]}]⏎  a:⏎    inherits: b⏎    overrides: [{qos: x}] | f:5: serviceTiers.a.overrides[0].models: missing: expected a list",
        "serviceTiers:⏎  b: [{models: [model]}]⏎  a:⏎    inherits: b⏎    overrides: [{models: [modle], qos: x}] | f:5: serviceTiers.a.overrides[0].models[0]: the tier b has no model modle; did you mean \"model\"?",
        "serviceTiers:⏎  b: [{models: [m]}]⏎  a:⏎    inherits: b⏎    overrides:⏎    - {models: [m], qos: x}⏎    - {models: [m], queueDepth: 1} | f:7: serviceTiers.a.overrides[1].models[0]: the model m is overridden at f:6 already; put both into one",
        "serviceTiers:⏎  b: [{models: [m]}, {models: [n]}]⏎  a:⏎    inherits: b⏎    overrides: {models: [x]} | f:5: serviceTiers.a.overrides.models[0]: the tier b has 2 blocks, so its models cannot be replaced all at once; write the blocks out",
        "serviceTiers:⏎  b: [{models: [m]}]⏎  a:⏎    inherits: b⏎    queueDepth: 5 | f:5: serviceTiers.a.queueDepth: stands beside inherits, where nothing but overrides changes; put it there",
        "serviceTiers:⏎  b: [{models: [m]}]⏎  a:⏎  - inherits: b⏎    models: [m] | f:5: serviceTiers.a[0].models: stands beside inherits, where nothing but overrides changes; put it there",
        "serviceTiers:⏎  a:⏎    blocks: []⏎    models: [m] | f:4: serviceTiers.a.models: stands beside blocks; put it into one of the blocks",
        "serviceTiers:⏎  a:⏎    blocks: b | f:3: serviceTiers.a.blocks: expected a list, found a single value",
        "serviceTiers:⏎  a:⏎  - {models: [m], scope: tier, rates: {allowedRequests: 1, periodSeconds: 1}}⏎  - {models: [n], scope: tier, rates: {allowedRequests: 2, periodSeconds: 1}} | f:4: serviceTiers.a[1].rates: blocks with scope tier are counted together and need one set of rates; f:3 has another",
        "serviceTiers:⏎  a: [{models: [m]}]⏎  b: {inherit: a, models: [m]} | f:3: serviceTiers.b.inherit: unknown key; did you mean \"inherits\"?",
        "serviceTiers:⏎  a: [{models: [m], ratess: []}] | f:2: serviceTiers.a[0].ratess: unknown key; did you mean \"rates\"?",
        "serviceTiers:⏎  a: [{models: [m], rates: [{allowedRequests: 1, periodSeconds: 1, shadows: true}]}] | f:2: serviceTiers.a[0].rates[0].shadows: unknown key; did you mean \"shadow\"?",
        "serviceTiers:⏎  a: [{models: [m], queueDepth: 9223372036854775808}] | f:2: serviceTiers.a[0].queueDepth: expected a whole number from 0 to 999999999999999999, found \"9223372036854775808\"",
        "# nothing⏎--- | f:1: no document in it: expected serviceTiers, bundles, or a resource with them",
        "bundles: [] | f:1: bundles: expected a map, found a list",
        "bundles: {bundleDeploymentSpecs: {}} | f:1: bundles.bundleDeploymentSpecs: expected a list, found a map",
        "bundles:⏎  bundleDeploymentSpecs:⏎  - groups: [] | f:3: bundles.bundleDeploymentSpecs[0].name: missing: expected a text",
        "bundles: {bundleDeploymentSpecs: [{name: a}, {name: a}]} | f:1: bundles.bundleDeploymentSpecs[1].name: two deployments have the name a, the first at f:1; give each its own",
        "bundles: {bundleDeploymentSpecs: [{name: a}]}⏎---⏎kind: BundleDeployment⏎metadata: {name: a}⏎spec: {bundle: b} | f:4: metadata.name: two deployments have the name a, the first at f:1; give each its own",
        "kind: BundleDeployment⏎spec: {bundle: b} | f:1: metadata: missing: expected a map",
        "kind: BundleDeployment⏎metadata: {}⏎spec: {bundle: b} | f:2: metadata.name: missing: expected a text",
        "kind: BundleDeployment⏎metadata: {name: a} | f:1: spec: missing: expected a map",
        "kind: ModelDeployment⏎metadata: {name: a}⏎spec: {groups: []} | f:3: spec.bundle: missing: expected bundle, or models",
        "kind: ModelDeployment⏎metadata: {name: a}⏎spec: {bundle: b, models: [m]} | f:3: spec.models: stands beside bundle; a deployment has one of the two",
        "kind: BundleDeployment⏎metadata: {name: a}⏎spec: {bundle: b, groups: [{qosList: web}]} | f:3: spec.groups[0].qosList: expected a list, found a single value",
        "kind: BundleDeployment⏎metadata: {name: a}⏎spec: {bundle: b, groups: [{qosList: [x, x]}]} | f:3: spec.groups[0].qosList[1]: the label x stands twice; remove one",
        "kind: BundleDeployment⏎metadata: {name: a}⏎spec: {bundle: b, groups: [{minReplicas: few}]} | f:3: spec.groups[0].minReplicas: expected a whole number of 0 or more, found \"few\"",
        "kind: BundleDeployment⏎metadata: {name: a}⏎spec: {bundle: b, groups: [{qosList: [a]}, {name: default}]} | f:3: spec.groups[1].name: two groups of one deployment have the name default",
      })
  void mistake_isSaidOnceWithItsPlace(String file, String problem) {
    Vendors read = Vendors.read(folder, file.replace("⏎", "\n"));

    assertThat(read.texts()).containsExactly(problem);
    assertThat(read.valid()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "serviceTiers: {a: [{models: [m, m]}]} | f:1: serviceTiers.a[0].models[1]: this block lists the model m in line 1 already",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎  - models: [m, n] | f:4: serviceTiers.a[1].models[0]: this tier lists the model m already, at f:3, and that holds",
        "serviceTiers:⏎  a: [{models: [m]}]⏎  b:⏎  - models: [m]⏎  - inherits: a | f:5: serviceTiers.b[1].inherits: this tier lists the model m already, at f:4, and that holds",
        "serviceTiers:⏎  a: [{models: [m], queueDepth: 5}]⏎  b:⏎    inherits: a⏎    overrides: {queueDepth: 5, qos: b} | f:5: serviceTiers.b.overrides.queueDepth: changes nothing: a says the same already",
        "serviceTiers:⏎  a: [{models: [m]}]⏎  b:⏎    inherits: a⏎    overrides: {scope: model} | f:5: serviceTiers.b.overrides.scope: changes nothing: a says the same already",
        "serviceTiers:⏎  a: [{models: [m]}]⏎  b:⏎    inherits: a⏎    overrides: [{models: [m], rates: []}] | f:5: serviceTiers.b.overrides[0].rates: changes nothing: a says the same already",
        "serviceTiers:⏎  a: [{models: [m]}]⏎  b:⏎    inherits: a⏎    overrides: {models: [m]} | f:5: serviceTiers.b.overrides.models[0]: changes nothing: a lists the same models",
        "serviceTiers:⏎  a:⏎  - {models: [m], scope: tier}⏎  - {models: [n]} | f:3: serviceTiers.a[0].scope: not all blocks of the tier have scope tier; the others are not counted in it",
        "serviceTiers:⏎  a:⏎  - models: [m]⏎    rates: {allowedTokens: 5, periodSeconds: 60} | f:4: serviceTiers.a[0].rates.allowedTokens: is not enforced yet: tokens are counted in metrics only",
        "serviceTiers: {a: [{models: [m], queueDepth: 2147483648}]} | f:1: serviceTiers.a[0].queueDepth: no queue is as long: 2147483647 holds",
        "kind: BundleDeployment⏎apiVersion: core.rukpak.io/v1alpha1 | f:1: a resource of kind BundleDeployment is not read by this version",
      })
  void doubtful_isWarnedOfOnce(String file, String problem) {
    Vendors read = Vendors.read(folder, file.replace("⏎", "\n"));

    assertThat(read.texts()).containsExactly(problem);
    assertThat(read.valid()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "\\e[31m, U+001B",
    "a\\u0007, U+0007",
    "a\\nb, U+000A",
    "a\\0, U+0000",
    "a\\u202Eb, U+202E"
  })
  void nameThatATerminalWouldObey_isRefusedWhereverNamesStand(String name, String character) {
    for (String file :
        List.of(
            "serviceTiers: {\"%s\": [{models: [m]}]}",
            "serviceTiers: {a: [{models: [\"%s\"]}]}",
            "serviceTiers: {a: [{models: [m], qos: \"%s\"}]}",
            "bundles: {bundleDeploymentSpecs: [{name: d, groups: [{qosList: [\"%s\"]}]}]}")) {
      Vendors read = Vendors.read(folder, file.formatted(name));

      assertThat(read.texts()).isNotEmpty();
      assertThat(read.texts().get(0)).contains("has the character " + character);
      assertThat(read.valid()).isFalse();
    }
  }

  @Test
  void manyMistakes_areSaidAllAtOnceInTheOrderOfTheFile() {
    Vendors read =
        Vendors.read(
            folder,
            """
            serviceTiers:
              free:
              - models: [m]
                queueDepth: many
                rates: {allowedRequests: few}
              web:
                inherits: fre
                overrides: {queueDepth: 1}
              gold:
                inherits: web
                overrides: [{models: [other], qos: x}]
              loop: {inherits: loop}
              silver: {inherits: free, overrides: {qos: []}}
            ---
            kind: ModelDeployment
            metadata: {name: d}
            spec: {groups: [{qosList: []}]}
            """);

    assertThat(read.texts())
        .containsExactly(
            "f:4: serviceTiers.free[0].queueDepth: expected a whole number of 0 or more, found"
                + " \"many\"",
            "f:5: serviceTiers.free[0].rates.allowedRequests: expected a whole number of 0 or more,"
                + " found \"few\"",
            "f:5: serviceTiers.free[0].rates.periodSeconds: missing: expected a whole number from 1"
                + " to 31622400",
            "f:7: serviceTiers.web.inherits: there is no tier fre; did you mean \"free\"?",
            "f:12: serviceTiers.loop.inherits: inherits in a circle: loop → loop",
            "f:13: serviceTiers.silver.overrides.qos: expected a text, found a list",
            "f:17: spec.bundle: missing: expected bundle, or models",
            "f:17: spec.groups[0].qosList: expected at least one item, found none");
  }

  /** As long as a file can make it: nothing here may depend on the depth of the stack. */
  @Test
  void chainOfManyThousandTiers_isFollowed() {
    StringBuilder file = new StringBuilder("serviceTiers:\n");
    for (int i = 20_000; i > 0; i--) {
      file.append("  t%d: {inherits: t%d}\n".formatted(i, i - 1));
    }
    Vendors read = Vendors.read(folder, file + "  t0: [{models: [m]}]\n");

    assertThat(read.texts()).isEmpty();
    assertThat(read.tiers().get(0).tier().models()).containsExactly("m");
  }
}
