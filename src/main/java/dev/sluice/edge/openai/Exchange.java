package dev.sluice.edge.openai;

import dev.sluice.account.Caller;
import dev.sluice.account.Credential;
import dev.sluice.admission.AdmissionRequest;
import dev.sluice.admission.Authentication;
import dev.sluice.admission.Decision;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.backend.Upstream;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.ChatRequest;
import dev.sluice.edge.Durations;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.RateLimitHeaders;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.http.Credentials;
import dev.sluice.edge.http.Origins;
import dev.sluice.queue.Dispatcher;
import dev.sluice.queue.Ticket;
import dev.sluice.usage.Settlement;
import dev.sluice.usage.Usage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one chat completion: key, body, decision, queue, backend, settlement.
 *
 * <p>Whatever happens, it ends once: its hold is settled when the backend may have seen the request
 * and cancelled when it has not, its slot is released, and its client has an answer or has left.
 *
 * <p>Confined to the event loop of the request, but for {@link #renew}.
 */
final class Exchange {
  static final String DOOR = "gateway"; // as in the options of its HTTP door

  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final GatewayParts gateway;
  private final Upstream upstream;
  private final Context context;
  private final HttpServerRequest request;
  private final String requestId;
  private final Credential credential;
  private final Answers answers;

  private Bodies.@Nullable Body body;
  private Dispatcher.@Nullable Waiter waiter;
  private @Nullable Relay relay;
  private volatile Decision.@Nullable Admitted admitted;
  private volatile Dispatcher.@Nullable Grant grant;
  private boolean over;

  Exchange(GatewayParts gateway, Upstream upstream, Context context, HttpServerRequest request) {
    this.gateway = gateway;
    this.upstream = upstream;
    this.context = context;
    this.request = request;
    this.requestId = gateway.requestIds().shown(header("x-request-id"));
    this.credential = Credentials.of(request);
    this.answers = new Answers(gateway, request, requestId);
  }

  /** Begins; called with the head of the request. */
  void begin() {
    gateway.metrics().arrived(DOOR);
    request.response().exceptionHandler(failure -> {});
    request.response().closeHandler(v -> clientLeft());
    request.pause();
    // Before the body is read: whoever has no key takes no memory.
    await(
        gateway.admission().authenticate(credential),
        authentication -> {
          if (over) {
            return;
          }
          if (authentication instanceof Authentication.Rejected rejected) {
            refuse(
                new Decision.Refused(rejected.refusal(), rejected.caller(), List.of()),
                Optional.empty(),
                Optional.empty());
          } else {
            Caller caller = ((Authentication.Known) authentication).caller();
            answers.say(gateway.notices().ofKey(DOOR, credential, caller));
            readBody(gateway.proofs().request(header(EdgeHeaders.PROOF), caller));
          }
        });
  }

  /** Prolongs what the request holds; may be called on any thread. */
  void renew() {
    Decision.Admitted held = admitted;
    if (held != null) {
      gateway.counters().renew(held.hold());
    }
    Dispatcher.Grant slot = grant;
    if (slot != null) {
      slot.renew();
    }
  }

  /** Ends the request because the server stops; may be called on any thread. */
  void cutOff() {
    context.runOnContext(
        v -> {
          Decision.Admitted granted = admitted;
          if (over || granted == null) {
            return;
          }
          leave(granted, Settlement.Ending.FAILED, "stopped");
          if (relay != null) {
            relay.interrupt(Failures.STOPPING);
          }
          answers.fail(503, Failures.STOPPING, granted);
        });
  }

  /**
   * @param proved the request that this is an attempt of, on the word of an edge
   */
  private void readBody(Optional<String> proved) {
    gateway
        .bodies()
        .read(request)
        .<Void>map(
            read -> {
              if (over) {
                gateway.bodies().release(read);
              } else {
                body = read;
                decide(read, proved);
              }
              return null;
            })
        .onFailure(
            failure -> {
              if (failure instanceof BadRequest bad) {
                reject(bad.status(), bad.error());
              } else if (Bodies.clientLeft(failure)) {
                clientLeft(); // the connection was closed, or reset
              } else {
                fail(failure);
              }
            });
  }

  private void decide(Bodies.Body read, Optional<String> proved) {
    ChatRequest chat;
    try {
      chat = ChatRequest.parse(header("content-encoding"), read.buffer().getBytes());
    } catch (BadRequest e) {
      reject(e.status(), e.error());
      return;
    }
    long asked = System.nanoTime();
    String holdId = gateway.requestIds().hold();
    await(
        gateway
            .admission()
            .admit(
                new AdmissionRequest(
                    holdId,
                    proved,
                    credential,
                    chat.model(),
                    chat.demand(),
                    Origins.of(request, proved),
                    true)),
        decision -> {
          answers.decided(Duration.ofNanos(System.nanoTime() - asked));
          if (!over) {
            answers.say(gateway.notices().ofDecision(chat.model(), decision));
          }
          if (decision instanceof Decision.Admitted granted) {
            admitted = granted;
            gateway.running().add(this);
            if (over) {
              cancel(granted);
              answers.record(granted, "disconnected");
            } else {
              enqueue(granted, chat, read);
            }
          } else if (decision instanceof Decision.Refused refused && !over) {
            refuse(refused, Optional.of(chat.model()), Optional.empty());
          }
        });
  }

  private void enqueue(Decision.Admitted granted, ChatRequest chat, Bodies.Body read) {
    String model = chat.model();
    String qos = granted.block().qos();
    long joined = System.nanoTime();
    Dispatcher.Waiter place =
        gateway
            .dispatcher()
            .enqueue(
                new Ticket(
                    granted.hold().id(),
                    model,
                    qos,
                    granted.block().queueDepth(),
                    gateway.maxWait()));
    waiter = place;
    await(
        place.outcome(),
        outcome -> {
          gateway.metrics().waited(model, qos, outcome.label(), System.nanoTime() - joined);
          tell(outcome, model, qos);
          if (over) {
            return; // the waiter was cancelled, and with it a grant that it was given
          }
          if (outcome instanceof Dispatcher.Outcome.Granted run) {
            answers.record(granted, "admitted");
            grant = run.grant();
            forward(granted, run.grant(), chat, read);
          } else {
            turnAway(Refusals.ofQueue(outcome, model, qos), granted);
          }
        });
  }

  private void tell(Dispatcher.Outcome outcome, String model, String qos) {
    if (outcome instanceof Dispatcher.Outcome.Granted) {
      gateway.troubles().served(model, qos);
    } else if (outcome instanceof Dispatcher.Outcome.Full full) {
      gateway
          .troubles()
          .turnedAway(
              model, qos, "%d of %d places are taken".formatted(full.waiting(), full.queueDepth()));
    } else if (outcome instanceof Dispatcher.Outcome.TimedOut late) {
      gateway
          .troubles()
          .turnedAway(model, qos, "no slot came free in " + Durations.compact(late.waited()));
    }
  }

  private void forward(
      Decision.Admitted granted, Dispatcher.Grant slot, ChatRequest chat, Bodies.Body read) {
    String model = chat.model();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-request-id", requestId);
    RateLimitHeaders.add(granted.limits(), headers);
    String deployment = slot.deployment();
    long sent = System.nanoTime();
    Relay forwarded =
        new Relay(
            request,
            requestId,
            headers,
            upstream,
            gateway.connections(),
            () -> {
              releaseBody();
              gateway.troubles().answered(deployment);
              gateway.metrics().upstreamAnswered(deployment, model, System.nanoTime() - sent);
            });
    relay = forwarded;
    forwarded
        .forward(
            deployment,
            ForwardedBody.of(read.buffer(), chat, gateway.catalog().get().nameAtBackend(model)))
        .onSuccess(
            end -> {
              gateway
                  .metrics()
                  .upstreamEnded(deployment, model, end.label(), System.nanoTime() - sent);
              end.trouble().ifPresent(why -> gateway.troubles().lost(deployment, why));
              if (!over) {
                ended(end, granted);
              }
            });
  }

  private void ended(Relay.End end, Decision.Admitted granted) {
    if (end instanceof Relay.End.Completed completed) {
      settle(Settlement.Ending.COMPLETED, completed.usage(), granted);
    } else if (end instanceof Relay.End.BrokenOff brokenOff) {
      settle(Settlement.Ending.FAILED, brokenOff.usage(), granted);
    } else if (end instanceof Relay.End.ClientStalled stalled) {
      settle(Settlement.Ending.DISCONNECTED, stalled.usage(), granted);
    } else if (end instanceof Relay.End.NoHead noHead) {
      settle(Settlement.Ending.FAILED, Optional.empty(), granted);
      answers.fail(
          noHead.late() ? 504 : 502, noHead.late() ? Failures.LATE : Failures.BROKEN, granted);
    } else if (end instanceof Relay.End.Unreachable) {
      finish();
      cancel(granted);
      answers.fail(502, Failures.UNREACHABLE, granted);
    }
  }

  /** The client has gone, and with it the reason to do anything more. */
  private void clientLeft() {
    if (over) {
      return;
    }
    Decision.Admitted granted = admitted;
    if (granted == null) {
      finish();
    } else {
      leave(granted, Settlement.Ending.DISCONNECTED, "disconnected");
    }
    if (relay != null) {
      relay.abort();
    }
  }

  /**
   * Ends an admitted request before its end.
   *
   * @param reason what became of it, if it was still waiting
   */
  private void leave(Decision.Admitted granted, Settlement.Ending ending, String reason) {
    if (relay != null && relay.sent()) {
      settle(ending, relay.usage(), granted);
      return;
    }
    finish();
    cancel(granted);
    if (relay == null) {
      answers.record(granted, reason);
    }
    if (waiter != null) {
      waiter.cancel();
    }
  }

  private void refuse(Decision.Refused refused, Optional<String> model, Optional<String> qos) {
    finish();
    answers.refuse(refused, model, qos);
  }

  /** Refuses a request that was admitted but cannot run: it is not charged. */
  private void turnAway(Refusal refusal, Decision.Admitted granted) {
    cancel(granted);
    refuse(
        new Decision.Refused(
            refusal,
            Optional.of(granted.caller()),
            granted.limits().stream().map(EvaluatedLimit::givenBack).toList()),
        Optional.of(granted.model()),
        Optional.of(granted.block().qos()));
  }

  /** Answers a request that never came to a decision. */
  private void reject(int status, ErrorBody error) {
    if (!over) {
      finish();
      answers.reject(status, error);
    }
  }

  private void settle(Settlement.Ending ending, Optional<Usage> usage, Decision.Admitted granted) {
    finish();
    last(gateway.counters().settle(granted.hold(), new Settlement(ending, usage)));
    usage.ifPresent(
        used ->
            gateway
                .metrics()
                .used(
                    granted.tier().name(),
                    granted.model(),
                    used.promptTokens(),
                    used.completionTokens()));
  }

  private void cancel(Decision.Admitted granted) {
    last(gateway.counters().cancel(granted.hold()));
  }

  /** Only when the store has heard of the end, the request no longer counts as running. */
  private void last(CompletionStage<Boolean> call) {
    call.whenComplete((done, failure) -> gateway.running().remove(this));
  }

  /** Gives back what the request has of this replica. */
  private void finish() {
    over = true;
    Dispatcher.Grant slot = grant;
    if (slot != null) {
      slot.release();
    }
    releaseBody();
    gateway.metrics().left(DOOR);
  }

  private void releaseBody() {
    if (body != null) {
      gateway.bodies().release(body);
      body = null;
    }
  }

  private <T> void await(CompletionStage<T> stage, Consumer<T> then) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    if (future.isDone() && !future.isCompletedExceptionally()) {
      // What is known already, as most callers and free slots are, needs no turn of the loop.
      try {
        then.accept(future.join());
      } catch (RuntimeException e) {
        fail(e);
      }
      return;
    }
    Future.fromCompletionStage(stage, context)
        .<Void>map(
            value -> {
              then.accept(value);
              return null;
            })
        .onFailure(this::fail);
  }

  /** An error of ours must not leave the request hanging, nor keep what it holds. */
  private void fail(Throwable failure) {
    log.error("request={} failed", requestId, failure);
    if (over) {
      return;
    }
    Decision.Admitted granted = admitted;
    if (granted == null) {
      reject(500, Failures.INTERNAL);
    } else {
      settle(Settlement.Ending.FAILED, Optional.empty(), granted);
      answers.fail(500, Failures.INTERNAL, granted);
    }
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }
}
