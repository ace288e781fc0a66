package dev.sluice.backend;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The deployments by name, as they are now.
 *
 * <p>Those that {@link #replace} took out can still be found until it is called again: a request
 * that was given a slot just before is on its way to one of them.
 *
 * <p>Safe for use by many threads.
 */
public final class Deployments {
  private volatile Map<String, Deployment> byName;
  private List<Deployment> current;

  public Deployments(List<Deployment> deployments) {
    this.current = List.copyOf(deployments);
    this.byName = byName(List.of(), current);
  }

  /** Puts these in the place of those before. */
  public synchronized void replace(List<Deployment> deployments) {
    List<Deployment> before = current;
    current = List.copyOf(deployments);
    byName = byName(before, current);
  }

  Optional<Deployment> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private static Map<String, Deployment> byName(List<Deployment> old, List<Deployment> current) {
    Map<String, Deployment> named = new HashMap<>();
    old.forEach(deployment -> named.put(deployment.name(), deployment));
    current.forEach(deployment -> named.put(deployment.name(), deployment));
    return Map.copyOf(named);
  }
}
