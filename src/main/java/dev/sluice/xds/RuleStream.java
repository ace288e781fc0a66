package dev.sluice.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.LoadedRules;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a server of configuration: one stream, on which each response replaces all rules. Rules
 * that are wrong are refused, and those before stay in force, as they do while there is no server.
 *
 * <p>Everything happens on one thread of its own, so that rules are read off the event loops.
 */
public final class RuleStream implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RuleStream.class);
  private static final int INVALID_ARGUMENT = 3;

  /** What a server is told of a refusal is a header of gRPC's in its logs. */
  private static final int LONGEST_REFUSAL = 4_000;

  private static final Duration STOP = Duration.ofSeconds(2);

  private final XdsOptions options;
  private final EventLoopGroup loops;
  private final Consumer<LoadedRules> accepted;
  private final Metrics metrics;
  private final RandomGenerator random;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "xds");
            made.setDaemon(true);
            return made;
          });

  // Of the thread.
  private Optional<ManagedChannel> channel = Optional.empty();
  private Optional<ClientCall<DiscoveryRequest, DiscoveryResponse>> call = Optional.empty();
  private String version = "";
  private int failures;
  private boolean lost;
  private boolean closed;

  /**
   * @param accepted is given the rules to put in force; on the thread
   */
  public RuleStream(
      XdsOptions options,
      EventLoopGroup loops,
      Consumer<LoadedRules> accepted,
      Metrics metrics,
      RandomGenerator random) {
    this.options = options;
    this.loops = loops;
    this.accepted = accepted;
    this.metrics = metrics;
    this.random = random;
  }

  private ManagedChannel connection() {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(options.server())
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .executor(thread)
            .maxInboundMessageSize(options.maxMessageBytes())
            // A server that has gone without a word is noticed; servers in Go end connections on
            // which they are asked more often than every five minutes.
            .keepAliveTime(6, TimeUnit.MINUTES)
            .keepAliveTimeout(20, TimeUnit.SECONDS);
    options
        .tls()
        .ifPresentOrElse(context -> builder.sslContext(context.get()), builder::usePlaintext);
    options.serverName().ifPresent(builder::overrideAuthority);
    return builder.build();
  }

  /** Begins, and goes on until it is closed. */
  public void start() {
    thread.execute(this::open);
  }

  private void open() {
    if (closed) {
      return;
    }
    ManagedChannel fresh;
    Metadata headers;
    try {
      fresh = connection();
      headers = headers();
    } catch (RuntimeException e) {
      // Nobody would hear of it, and nothing would try again.
      tryAgain(e.toString());
      return;
    }
    // A new one: an old one would wait by a clock of its own before it tries to connect again, and
    // go on with files of TLS that have changed.
    channel.ifPresent(ManagedChannel::shutdownNow);
    channel = Optional.of(fresh);
    ClientCall<DiscoveryRequest, DiscoveryResponse> opened =
        fresh.newCall(Discovery.STREAM, CallOptions.DEFAULT);
    call = Optional.of(opened);
    opened.start(new Answers(), headers);
    opened.sendMessage(
        DiscoveryRequest.newBuilder()
            .setNode(node())
            .setTypeUrl(Discovery.TYPE)
            .setVersionInfo(version)
            .build());
    opened.request(1);
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    options
        .headers()
        .forEach(
            (name, value) ->
                headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
    return headers;
  }

  /** Says so the first time, and asks once more after a while. */
  private void tryAgain(String why) {
    failures++;
    if (!lost) {
      lost = true;
      log.warn(
          "the server of configuration at {} is lost: {}; the rules stay as they are",
          options.server(),
          why);
    }
    Duration wait = options.backoff().after(failures, random);
    var unused = thread.schedule(this::open, wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Node node() {
    Struct.Builder metadata = Struct.newBuilder();
    options
        .nodeMetadata()
        .forEach(
            (name, value) ->
                metadata.putFields(name, Value.newBuilder().setStringValue(value).build()));
    return Node.newBuilder().setId(options.nodeId()).setMetadata(metadata).build();
  }

  /** Called on the thread. */
  private final class Answers extends ClientCall.Listener<DiscoveryResponse> {
    @Override
    public void onMessage(DiscoveryResponse response) {
      failures = 0;
      if (lost) {
        lost = false;
        log.info("the server of configuration at {} is back", options.server());
      }
      Optional<String> refusal = take(response);
      DiscoveryRequest.Builder answer =
          DiscoveryRequest.newBuilder()
              .setTypeUrl(Discovery.TYPE)
              .setResponseNonce(response.getNonce());
      refusal.ifPresentOrElse(
          why ->
              answer.setErrorDetail(
                  Status.newBuilder()
                      .setCode(INVALID_ARGUMENT)
                      .setMessage(why.substring(0, Math.min(why.length(), LONGEST_REFUSAL)))),
          () -> version = response.getVersionInfo());
      answer.setVersionInfo(version);
      call.ifPresent(
          open -> {
            open.sendMessage(answer.build());
            open.request(1);
          });
    }

    @Override
    public void onClose(io.grpc.Status status, Metadata trailers) {
      call = Optional.empty();
      if (!closed) {
        tryAgain(describe(status));
      }
    }
  }

  private static String describe(io.grpc.Status status) {
    // Netty's own words go on for lines about its pipeline.
    String why =
        Objects.requireNonNullElse(status.getDescription(), "").lines().findFirst().orElse("");
    Optional<Throwable> cause =
        Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause)
            .reduce((outer, inner) -> inner);
    return Stream.of(
            Optional.of(status.getCode().name()),
            Optional.of(why),
            cause.map(Throwable::getMessage))
        .flatMap(Optional::stream)
        .filter(said -> !said.isBlank())
        .map(said -> said.replaceAll("\\s+", " "))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Puts the rules in force, or says why not. */
  private Optional<String> take(DiscoveryResponse response) {
    try {
      LoadedRules rules = RuleTexts.read(response);
      rules.warnings().forEach(warning -> log.warn("{}", warning));
      accepted.accept(rules);
      metrics.reloadedConfiguration("taken");
      log.info(
          "took over version {} of the rules: {} of them",
          response.getVersionInfo(),
          rules.tree().rules().size());
      return Optional.empty();
    } catch (InvalidRules | InvalidProtocolBufferException | RuntimeException e) {
      metrics.reloadedConfiguration("refused");
      log.error(
          "version {} of the rules cannot be used, what was in force stays so:\n{}",
          response.getVersionInfo(),
          e.getMessage());
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Ends the stream. Blocks for a moment. */
  @Override
  public void close() {
    Future<Optional<ManagedChannel>> left =
        thread.submit(
            () -> {
              closed = true;
              call.ifPresent(open -> open.cancel("stopped", null));
              channel.ifPresent(ManagedChannel::shutdownNow);
              return channel;
            });
    try {
      Optional<ManagedChannel> last = left.get(STOP.toMillis(), TimeUnit.MILLISECONDS);
      if (last.isPresent()) {
        last.get().awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // What is left of it ends with the event loops.
    }
    thread.shutdown();
  }
}
