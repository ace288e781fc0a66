package dev.sluice.edges;

import dev.sluice.demo.SimulatedBackendOptions;
import java.util.List;

/** The sambastack.yaml of the tests on edges, and the backends that serve its models. */
final class Tiers {
  static final String SAMBASTACK =
      """
      serviceTiers:
        free:
        - {models: [small], queueDepth: 5, qos: free, rates: {allowedRequests: 3, periodSeconds: 3600}}
        web:
        - models: [small, large, going, gone]
          queueDepth: 5
          qos: web
          rates:
          - {allowedRequests: 1000, periodSeconds: 60}
          - {allowedRequests: 20000, periodSeconds: 86400}
        minute:
        - {models: [small], queueDepth: 5, qos: web, rates: {allowedRequests: 2, periodSeconds: 50}}
        daily:
        - models: [small]
          queueDepth: 5
          qos: web
          rates:
          - {allowedRequests: 100, periodSeconds: 60}
          - {allowedRequests: 2, periodSeconds: 86400}
        legal:
        - {models: [secret], queueDepth: 5, qos: web, rates: {allowedRequests: 9, periodSeconds: 60}}
        narrow:
        - {models: [narrow], queueDepth: 1, qos: narrow, rates: {allowedRequests: 99, periodSeconds: 60}}
        bounded:
        - {models: [small], queueDepth: 5, qos: web, maxBatchSize: 2, maxOutputTokens: 100, rates: {allowedRequests: 1, periodSeconds: 3600}}
        shadowed:
        - {models: [small], queueDepth: 5, qos: web, shadow: true, rates: {allowedRequests: 0, periodSeconds: 60}}
        none:
        - {models: [small], queueDepth: 0, qos: web, rates: {allowedRequests: 0, periodSeconds: 60}}
        deprecated:
        - {models: [old]}
        maintenance:
        - {models: [broken]}
        restricted:
        - {models: [secret]}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, minReplicas: 1, qosList: [web, free]}]
        - name: two
          groups: [{name: default, minReplicas: 1, qosList: [narrow]}]
      """;

  /** What sluice.yaml says of these models: one goes, one has gone, one is in deprecated. */
  static final String MODELS =
      """
      models:
        going: {deprecated: 2020-01-01, sunset: 2999-01-01, successor: large}
        gone: {deprecated: 2020-01-01, sunset: 2021-01-01, successor: large}
        old: {successor: small}
      """;

  static final List<SimulatedBackendOptions> BACKENDS =
      List.of(
          SimulatedBackendOptions.of("one", List.of("small", "large", "secret", "going", "gone")),
          SimulatedBackendOptions.of("two", List.of("narrow")).withSlots(1));

  private Tiers() {}
}
