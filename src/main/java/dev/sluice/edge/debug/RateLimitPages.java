package dev.sluice.edge.debug;

import dev.sluice.edge.ratelimit.RuleText;
import dev.sluice.metrics.RateLimitSeries;
import dev.sluice.ratelimit.RuleTree;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * {@code /rlconfig}: the descriptor rules in force, a line each as envoyproxy/ratelimit prints
 * them. {@code /stats}: what was counted by each of them.
 */
public final class RateLimitPages implements DebugPages {
  private final Supplier<Optional<RuleTree>> rules;
  private final RateLimitSeries series;

  /**
   * @param rules empty while none could be loaded
   */
  public RateLimitPages(Supplier<Optional<RuleTree>> rules, RateLimitSeries series) {
    this.rules = rules;
    this.series = series;
  }

  @Override
  public String index() {
    return """
        /rlconfig: print out the currently loaded configuration for debugging
        /stats: print out stats
        """;
  }

  @Override
  public void addTo(Router router) {
    router.get("/rlconfig").handler(route -> page(route, this::configuration));
    router.get("/stats").handler(route -> page(route, this::statistics));
  }

  /** 100,000 rules are megabytes of text: not on an event loop, where requests wait. */
  private static void page(RoutingContext route, Callable<String> text) {
    route
        .vertx()
        .executeBlocking(text, false)
        .onSuccess(whole -> route.response().end(whole))
        .onFailure(route::fail);
  }

  private String configuration() {
    StringBuilder text = new StringBuilder();
    rules
        .get()
        .ifPresentOrElse(
            tree -> tree.rules().forEach(rule -> text.append(RuleText.line(rule)).append('\n')),
            () -> text.append("no rate limit configuration loaded\n"));
    return text.toString();
  }

  private String statistics() {
    Map<String, Long> sorted = new TreeMap<>();
    series.counters(sorted::put);
    StringBuilder text = new StringBuilder();
    sorted.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
