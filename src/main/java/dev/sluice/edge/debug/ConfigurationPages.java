package dev.sluice.edge.debug;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Model;
import dev.sluice.policy.Tier;
import dev.sluice.queue.BatchSlots;
import dev.sluice.queue.QueueSnapshot;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * {@code /config}: the tiers, models, deployments and administrators in force, and what is wrong
 * with the files if they are not those in force. {@code /queue}: what waits and what runs now.
 */
public final class ConfigurationPages implements DebugPages {
  private final ObjectMapper json = new ObjectMapper();
  private final Supplier<InForce> configuration;
  private final Supplier<QueueSnapshot> queue;

  public ConfigurationPages(Supplier<InForce> configuration, Supplier<QueueSnapshot> queue) {
    this.configuration = configuration;
    this.queue = queue;
  }

  @Override
  public String index() {
    return """
        /config  the tiers, models, deployments and platform administrators in force
        /queue   what waits and what runs now
        """;
  }

  @Override
  public void addTo(Router router) {
    router.get("/config").handler(route -> send(route, config(configuration.get())));
    router.get("/queue").handler(route -> send(route, queue(queue.get())));
  }

  private ObjectNode config(InForce inForce) {
    ObjectNode root = json.createObjectNode();
    root.put("inForceSince", inForce.since().toString());
    add(inForce.needsRestart(), root.putArray("needsRestart"));
    add(inForce.refused(), root.putArray("refused"));
    add(inForce.administrators().names(), root.putArray("platformAdministrators"));
    Catalog catalog = inForce.catalog();
    ObjectNode tiers = root.putObject("serviceTiers");
    new TreeMap<>(catalog.tiers()).forEach((name, tier) -> tier(tier, tiers.putArray(name)));
    ObjectNode models = root.putObject("models");
    new TreeMap<>(catalog.models()).forEach((name, model) -> model(model, models.putObject(name)));
    ArrayNode served = root.putArray("deployments");
    for (BatchSlots slots : inForce.deployments()) {
      ObjectNode deployment = served.addObject();
      deployment.put("name", slots.deployment());
      deployment.put("slots", slots.slots());
      add(slots.qosList().labels(), deployment.putArray("qosList"));
      add(new TreeSet<>(slots.models()), deployment.putArray("models"));
    }
    return root;
  }

  private static void model(Model model, ObjectNode node) {
    model.backend().ifPresent(name -> node.put("backend", name));
    model.successor().ifPresent(name -> node.put("successor", name));
    model.deprecated().ifPresent(at -> node.put("deprecated", at.toString()));
    model.sunset().ifPresent(at -> node.put("sunset", at.toString()));
  }

  private static void tier(Tier tier, ArrayNode blocks) {
    for (Block block : tier.blocks()) {
      ObjectNode node = blocks.addObject();
      add(new TreeSet<>(block.models()), node.putArray("models"));
      node.put("qos", block.qos());
      node.put("queueDepth", block.queueDepth());
      ArrayNode rates = node.putArray("rates");
      block
          .rates()
          .forEach(
              rate ->
                  rates
                      .addObject()
                      .put("allowedRequests", rate.allowedRequests())
                      .put("periodSeconds", rate.period().toSeconds())
                      .put("shadow", rate.shadow()));
      node.put("scope", block.scope().label());
      block.bounds().maxBatchSize().ifPresent(most -> node.put("maxBatchSize", most));
      block.bounds().maxOutputTokens().ifPresent(most -> node.put("maxOutputTokens", most));
      node.put("boundsInShadow", block.bounds().shadow());
    }
  }

  private ObjectNode queue(QueueSnapshot snapshot) {
    ObjectNode root = json.createObjectNode();
    ArrayNode waiting = root.putArray("waiting");
    snapshot.waiting().stream()
        .filter(queued -> queued.waiters() > 0)
        .forEach(
            queued ->
                waiting
                    .addObject()
                    .put("model", queued.model())
                    .put("qos", queued.qos())
                    .put("waiters", queued.waiters())
                    .put("longestWaitMillis", queued.longestWaitMillis()));
    ArrayNode running = root.putArray("deployments");
    snapshot
        .running()
        .forEach(
            slots ->
                running
                    .addObject()
                    .put("name", slots.deployment())
                    .put("busy", slots.busy())
                    .put("slots", slots.slots()));
    return root;
  }

  private static void add(Iterable<String> names, ArrayNode array) {
    names.forEach(array::add);
  }

  private static void send(RoutingContext route, ObjectNode body) {
    route
        .response()
        .putHeader("content-type", "application/json")
        .end(body.toPrettyString() + "\n");
  }
}
