package dev.sluice.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.CannotStart;
import dev.sluice.Termination;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything that is needed to try Sluice, until it is told to end. */
@Command(
    name = "demo",
    description = {
      "Runs Sluice with a Redis, two simulated deployments, users and keys.",
      "Everything ends with this command, and nothing is kept."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class DemoCommand implements Callable<Integer> {
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  enum Ports {
    DEFAULT,
    RANDOM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--format", description = "text for people, json for scripts: one line.")
  private Format format = Format.TEXT;

  @Option(names = "--ports", description = "random lets several demos run side by side.")
  private Ports ports = Ports.DEFAULT;

  @Option(
      names = "--edge",
      paramLabel = "EDGE",
      description = "Also runs a real edge before it: ${COMPLETION-CANDIDATES}; may be repeated.")
  private Set<EdgeProgram> edges = Set.of();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws CannotStart {
    Demo demo = Demo.start(ports == Ports.RANDOM, edges);
    PrintWriter out = spec.commandLine().getOut();
    out.println(format == Format.JSON ? json(demo) : text(demo));
    out.flush();
    Termination.await(demo::close);
    return 0;
  }

  private static String json(Demo demo) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("gateway", demo.doors().gateway());
    demo.edges().forEach((edge, url) -> root.put(edge.toString(), url));
    root.put("grpc", demo.doors().grpc());
    root.put("http", demo.doors().http());
    root.put("metrics", demo.doors().metrics());
    root.put("debug", demo.doors().debug());
    root.put("redis", demo.redis().url());
    ArrayNode backends = root.putArray("backends");
    demo.backends().forEach(backends::add);
    ObjectNode models = root.putObject("models");
    demo.models().forEach((tier, names) -> names.forEach(models.withArray("/" + tier)::add));
    ArrayNode keys = root.putArray("keys");
    for (Demo.Key key : demo.keys()) {
      keys.addObject()
          .put("tier", key.tier())
          .put("user", key.user())
          .put("key", key.text().reveal());
    }
    return root.toString();
  }

  private static String text(Demo demo) {
    StringBuilder text = new StringBuilder();
    String gateway = demo.doors().gateway();
    line(text, "Sluice is ready. Ctrl-C ends it and everything that it started.");
    line(text, "");
    line(text, "  gateway   %s/v1   (base URL for OpenAI clients)".formatted(gateway));
    demo.edges()
        .forEach(
            (edge, url) ->
                line(
                    text,
                    "  %-9s %s/v1   (the same through it; log in %s)"
                        .formatted(edge, url, demo.log(edge))));
    line(text, "  grpc      %s   (Envoy's ext_authz and ratelimit)".formatted(demo.doors().grpc()));
    line(text, "  http      %s   (NGINX's /auth, /json)".formatted(demo.doors().http()));
    line(text, "  metrics   %s/metrics".formatted(demo.doors().metrics()));
    line(text, "  debug     %s".formatted(demo.doors().debug()));
    line(text, "  backends  %s   (simulated)".formatted(String.join("  ", demo.backends())));
    line(text, "  redis     %s   (%s)".formatted(demo.redis().url(), demo.redis().describe()));
    line(text, "");
    line(text, "Keys of organization %s:".formatted(Demo.ORGANIZATION));
    line(text, "");
    for (Demo.Key key : demo.keys()) {
      line(text, "  %-11s %-6s %s".formatted(key.tier(), key.user(), key.text().reveal()));
    }
    line(text, "");
    line(text, "Lines to paste:");
    Demo.Key free = demo.key("free");
    Demo.Key web = demo.key("web");
    String allowed = demo.model("free");
    String deprecated = demo.model("deprecated");
    example(text, "an allowed call", call(gateway, web.text().reveal(), body(allowed, "")));
    demo.edges()
        .forEach(
            (edge, url) ->
                example(
                    text,
                    "the same through " + edge,
                    call(url, web.text().reveal(), body(allowed, ""))));
    example(
        text,
        "a streamed call",
        call(gateway, web.text().reveal(), body(allowed, ",\"stream\":true"))
            .replace("curl -i", "curl -N"));
    example(
        text,
        "429: the free tier allows five requests a minute, the sixth is refused",
        "for i in 1 2 3 4 5 6; do "
            + call(gateway, free.text().reveal(), body(allowed, "")).replace("curl -i", "curl -s")
            + "; echo; done");
    example(
        text,
        "401: a key with a typing error",
        call(gateway, "sluice_acme_oops", body(allowed, "")));
    example(
        text, "410: a deprecated model", call(gateway, web.text().reveal(), body(deprecated, "")));
    example(
        text,
        "the models that a key may call",
        "curl -s "
            + gateway
            + "/v1/models -H 'Authorization: Bearer "
            + free.text().reveal()
            + "'");
    example(
        text,
        "what was decided, by tier, model and reason",
        "curl -s " + demo.doors().metrics() + "/metrics | grep ^sluice_decisions_total");
    return text.toString();
  }

  private static String body(String model, String more) {
    return "{\"model\":\""
        + model
        + "\""
        + more
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}";
  }

  private static String call(String gateway, String key, String body) {
    return "curl -i "
        + gateway
        + "/v1/chat/completions -H 'Authorization: Bearer "
        + key
        + "' -H 'Content-Type: application/json' -d '"
        + body
        + "'";
  }

  private static void example(StringBuilder text, String what, String command) {
    line(text, "");
    line(text, "  # %s".formatted(what));
    line(text, "  %s".formatted(command));
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
